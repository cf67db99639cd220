create table payments (
  order_id uuid primary key,
  amount_cents bigint not null,
  currency text not null,
  card_token text not null,
  state text not null,
  -- Which hold is, or was, the order's: each new one has a number, and so its own idempotency keys.
  hold_number int not null,
  hold_id text,
  reason text,
  traceparent text,
  -- The work that the state calls for: when, who has it, and until when the others leave it alone.
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  lease_token uuid,
  attempts int not null default 0
);
create index payments_due on payments (due_at)
  where state in ('authorising', 'abandoning', 'capturing', 'reauthorising', 'voiding', 'refunding');

-- Double entry: the postings of one transfer sum to zero, so all of them do. A positive amount is owed to us.
create table postings (
  transfer_id text not null,
  account text not null check (account in ('processor', 'sales')),
  amount_cents bigint not null,
  order_id uuid not null,
  posted_at timestamptz not null default now(),
  primary key (transfer_id, account)
);
create index postings_order on postings (order_id);
