-- What a service needs to handle events; its own migrations include this file.

-- Which events took effect here; written in the same transaction as the effect.
create table inbox (
  event_id text primary key,
  handled_at timestamptz not null default now()
);
create index inbox_handled_at on inbox (handled_at);

-- Events that could not be handled, with the reason, until someone redrives them.
create table dead_letters (
  id bigint generated always as identity primary key,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  headers jsonb not null,
  value text not null,
  reason text not null,
  attempts int not null,
  failed_at timestamptz not null default now(),
  redrive_requested_at timestamptz,
  unique (topic, partition, "offset")
);
