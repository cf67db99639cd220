-- For taking out what nobody asks for again.
create index answers_answered_at on answers (answered_at);
alter table failed_once add column failed_at timestamptz not null default now();
create index failed_once_failed_at on failed_once (failed_at);
