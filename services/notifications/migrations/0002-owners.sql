-- Whose order it is, so that its steps are shown to nobody else.
create table owners (
  order_id uuid primary key,
  customer_id text not null
);
