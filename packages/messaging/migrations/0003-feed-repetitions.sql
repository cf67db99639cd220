-- An entry that comes again no longer uses up an id: the length of a feed is counted by ids, so repetitions
-- pushed out entries that were to be kept.
create or replace function feed_append(in_feed text, in_key text, in_value text, in_max_length int)
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
