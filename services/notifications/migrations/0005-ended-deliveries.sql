-- Deliveries that have ended are taken out some time after their last attempt.
alter table deliveries add column last_attempt_at timestamptz;
create index deliveries_ended on deliveries (coalesce(last_attempt_at, created_at)) where state <> 'pending';
-- For what waits: how much it is, and what of it is one webhook's.
create index deliveries_pending on deliveries (webhook_id) where state = 'pending';
