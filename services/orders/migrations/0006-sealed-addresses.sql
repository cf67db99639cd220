\ir ../../../packages/envelope/sql/data-keys.sql
-- Where an order goes to, sealed with its customer's data key. The clear column is of orders that came before: the
-- service seals those by and by, and a later migration takes both old columns away. What the hash was compared for
-- is the order itself; of what is sealed, it would have left a print that guesses can be tried on.
alter table orders add column ship_to_sealed bytea;
alter table orders alter column ship_to drop not null;
alter table orders alter column request_hash drop not null;
alter table orders add constraint orders_one_address check (num_nonnulls(ship_to, ship_to_sealed) = 1);
create index orders_in_clear on orders (id) where ship_to is not null;
