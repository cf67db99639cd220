-- Partners' addresses, and one row for each event that one of them is to hear of.
create table webhooks (
  id uuid primary key,
  partner_id text not null,
  url text not null,
  event_types text[] not null,
  secret text not null,
  created_at timestamptz not null,
  -- Since the partner answered 410.
  disabled_at timestamptz
);
create index webhooks_partner on webhooks (partner_id, created_at, id);

create table deliveries (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references webhooks on delete cascade,
  event_id text not null,
  event_type text not null,
  body text not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts int not null default 0,
  last_status int,
  -- Only while it is pending.
  next_attempt_at timestamptz check ((state = 'pending') = (next_attempt_at is not null)),
  -- The next attempt is in the work queue.
  queued boolean not null default false,
  created_at timestamptz not null,
  unique (webhook_id, event_id)
);
create index deliveries_webhook on deliveries (webhook_id, created_at, id);
create index deliveries_due on deliveries (next_attempt_at) where state = 'pending' and not queued;
