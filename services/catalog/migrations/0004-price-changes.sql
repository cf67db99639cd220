-- Every price that a product has had. The version orders them: it grows under the product's lock, while clocks
-- may stand still or run back.
create table price_changes (
  product_id text not null references products (id),
  version int not null check (version > 0),
  price_cents bigint not null check (price_cents > 0),
  -- The clock and not the transaction's start, which is before the wait for the product's lock.
  changed_at timestamptz not null default clock_timestamp(),
  primary key (product_id, version)
);
-- What products cost today is all that is known of those that came before this table.
insert into price_changes (product_id, version, price_cents) select id, version, price_cents from products;
