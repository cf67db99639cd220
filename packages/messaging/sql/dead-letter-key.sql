-- A letter is told by its event and not by its place alone: a log that begins anew, as with a change of broker,
-- gives out the same offsets again. What has no event id is told by its content. The digest keeps an id of any
-- length within what an index can hold.
alter table dead_letters drop constraint dead_letters_topic_partition_offset_key;
create unique index dead_letters_record on dead_letters
  (topic, partition, "offset", md5(coalesce(headers ->> 'ce_id', value)));
