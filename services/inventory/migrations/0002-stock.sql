-- The checks have the last word: whatever the code does, no piece is promised twice.
create table stock (
  product_id text primary key,
  on_hand int not null check (on_hand >= 0),
  reserved int not null default 0 check (reserved between 0 and on_hand)
);

create table reservations (
  order_id uuid primary key,
  state text not null check (state in ('reserved', 'rejected', 'committed', 'released', 'returned')),
  lines jsonb not null,
  changed_at timestamptz not null default now()
);

-- Every change of what is on hand, so that the sum of a product's movements is its stock.
create table movements (
  id bigint generated always as identity primary key,
  product_id text not null references stock,
  delta int not null,
  kind text not null check (kind in ('count', 'commit', 'return')),
  order_id uuid,
  moved_at timestamptz not null default now(),
  unique (order_id, product_id, kind)
);
