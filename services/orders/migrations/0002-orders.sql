create table orders (
  id uuid primary key,
  customer_id text not null,
  -- The idempotency record is part of the order: it lives as long, and can never say something else.
  idempotency_key text not null,
  request_hash text not null,
  state text not null check (state in ('placed', 'awaiting-payment', 'confirmed', 'cancelled')),
  cancel_reason text check ((cancel_reason is not null) = (state = 'cancelled')),
  lines jsonb not null,
  total_cents bigint not null,
  currency text not null,
  card_token text not null,
  ship_to jsonb not null,
  placed_at timestamptz not null,
  deadline_at timestamptz not null,
  changed_at timestamptz not null default now(),
  unique (customer_id, idempotency_key)
);
create index orders_of_customer on orders (customer_id, placed_at desc, id desc);
create index orders_undecided on orders (deadline_at) where state in ('placed', 'awaiting-payment');

-- A copy of the catalogue's prices, fed by its events.
create table prices (
  product_id text primary key,
  price_cents bigint not null,
  currency text not null,
  version int not null
);
