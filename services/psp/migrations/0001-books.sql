-- The card processor's own books. Nobody else can read them.
create table holds (
  id uuid primary key,
  -- The merchant's own name for what is paid, such as an order id.
  reference text not null,
  amount_cents bigint not null check (amount_cents >= 0),
  currency text not null,
  card_token text not null,
  state text not null check (state in ('authorised', 'captured', 'voided', 'refunded')),
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index holds_reference on holds (reference);

-- Every answer that changed something, so that the same request again gets the same answer.
create table answers (
  idempotency_key text primary key,
  request_hash text not null,
  status int not null,
  body jsonb not null,
  answered_at timestamptz not null default now()
);

-- Requests that were failed on purpose, once.
create table failed_once (
  idempotency_key text primary key
);
