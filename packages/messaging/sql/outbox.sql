-- What a service needs to publish events; its own migrations include this file.

-- Events that are committed but not yet published. Rows are deleted once the log has them.
create table outbox (
  seq bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  headers jsonb not null,
  value text not null,
  created_at timestamptz not null default now()
);
