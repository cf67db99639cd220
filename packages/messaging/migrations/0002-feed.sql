-- Short, bounded feeds in tables: the embedded stand-in for Redis Streams.

create table feeds (
  feed text primary key,
  last_id bigint not null,
  changed_at timestamptz not null default now()
);
create index feeds_changed_at on feeds (changed_at);

create table feed_entries (
  feed text not null references feeds on delete cascade,
  id bigint not null,
  entry_key text not null,
  value text not null,
  primary key (feed, id),
  unique (feed, entry_key)
);

-- The upsert locks the feed's row until the commit: ids become visible in order, so "after id 7" misses nothing.
-- The same entry key twice is one entry, and uses up no id, since the length of a feed is counted by ids.
-- Returns whether the entry is new.
create function feed_append(in_feed text, in_key text, in_value text, in_max_length int)
returns boolean language plpgsql as $$
declare
  new_id bigint;
begin
  insert into feeds (feed, last_id) values (in_feed, 0)
    on conflict (feed) do update set changed_at = now();
  insert into feed_entries (feed, id, entry_key, value)
    select feed, last_id + 1, in_key, in_value from feeds where feed = in_feed
    on conflict (feed, entry_key) do nothing
    returning id into new_id;
  if new_id is null then return false; end if;
  update feeds set last_id = new_id where feed = in_feed;
  delete from feed_entries where feed = in_feed and id <= new_id - in_max_length;
  return true;
end $$;
