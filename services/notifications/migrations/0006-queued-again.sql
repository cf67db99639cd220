-- Since when the next attempt is in the work queue. A server that is killed can lose what its queue has confirmed.
alter table deliveries add column queued_at timestamptz;
update deliveries set queued_at = now() where queued;
create index deliveries_queued on deliveries (queued_at) where state = 'pending' and queued;
