create table products (
  id text primary key,
  -- In the order of a dictionary, and in the same one on every server: the default collation is whatever
  -- the cluster was made with, and a cursor must mean the same place on all of them.
  name text collate "und-x-icu" not null,
  description text not null,
  category text not null,
  price_cents bigint not null check (price_cents > 0),
  currency text not null,
  version int not null check (version > 0)
);
-- One per sort, with and without a category; read backwards for the descending ones.
create index products_by_name on products (name, id);
create index products_by_price on products (price_cents, id);
create index products_of_category_by_name on products (category, name, id);
create index products_of_category_by_price on products (category, price_cents, id);
