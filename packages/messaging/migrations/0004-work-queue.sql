-- Work queues in tables: the embedded stand-in for RabbitMQ.

create table work_messages (
  id bigint generated always as identity primary key,
  queue text not null,
  -- Empty for messages without one.
  key text not null,
  -- Not jsonb, which refuses the escape of NUL.
  headers json not null,
  value text not null,
  attempts int not null default 0,
  -- Not before. While a worker has the message in hand this is the end of its lease, so a message whose worker
  -- died becomes due by itself.
  due_at timestamptz not null,
  lease_token text
);
create index work_messages_due on work_messages (queue, key, due_at);
create index work_messages_in_hand on work_messages (queue, key) where lease_token is not null;

create table work_dead_letters (
  id bigint primary key,
  queue text not null,
  key text not null,
  headers json not null,
  value text not null,
  attempts int not null,
  reason text not null,
  failed_at timestamptz not null default now()
);
create index work_dead_letters_queue on work_dead_letters (queue, id);

-- #region work-per-key
-- Leases due messages, at most in_per_key of each key in hand at once. It goes from key to key by the index and
-- takes the few that are due first of each, and so never reads the thousands that wait behind a slow partner.
-- Claims of a queue run one at a time: with `skip locked` instead, two would count the same messages in hand
-- and together take twice what the key allows.
create function claim_work(in_queue text, in_limit int, in_per_key int, in_lease_ms float8, in_token text)
returns setof work_messages language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('work ' || in_queue, 0));
  return query
    with recursive keys as (
      select min(w.key) as key from work_messages w where w.queue = in_queue
      union all
      select (select min(w.key) from work_messages w where w.queue = in_queue and w.key > keys.key)
        from keys where keys.key is not null
    ), due as (
      select next.id from keys
      cross join lateral (
        select count(*) as count from work_messages w where w.queue = in_queue and w.key = keys.key
          and w.lease_token is not null and w.due_at > clock_timestamp()) in_hand
      cross join lateral (
        select w.id, w.due_at from work_messages w
          where w.queue = in_queue and w.key = keys.key and w.due_at <= clock_timestamp()
          order by w.due_at, w.id
          limit case keys.key when '' then in_limit
            else least(in_limit, greatest(0, in_per_key - in_hand.count)) end) next
      order by next.due_at, next.id limit in_limit
    )
    update work_messages w set attempts = w.attempts + 1, lease_token = in_token,
      due_at = clock_timestamp() + in_lease_ms * interval '1 millisecond'
    from due where w.id = due.id and w.due_at <= clock_timestamp()
    returning w.*;
end $$;
-- #endregion
