-- A partitioned, replayable log in tables: the embedded stand-in for Kafka.

create table topics (
  topic text primary key,
  partitions int not null,
  retention_ms bigint
);

create table partitions (
  topic text not null references topics,
  partition int not null,
  next_offset bigint not null default 0,
  primary key (topic, partition)
);

create table records (
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  headers jsonb not null,
  value text not null,
  published_at timestamptz not null default clock_timestamp(),
  primary key (topic, partition, "offset")
);
create index records_published_at on records (published_at);

create table committed_offsets (
  "group" text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  primary key ("group", topic, partition)
);

-- A sequence would hand out offset 7 before offset 6 commits, and a reader that saw 7 would never return for 6.
-- Locking the partition's row until the commit makes offsets visible in order, without gaps. Partitions are
-- locked in one order by everyone, so two publishers cannot wait for each other.
create function append_records(in_topics text[], in_partitions int[], in_keys text[], in_headers jsonb[], in_values text[])
returns void language plpgsql as $$
begin
  perform 1 from partitions p
    where (p.topic, p.partition) in (select * from unnest(in_topics, in_partitions))
    order by p.topic, p.partition for update;
  with input as (
    select i.*, row_number() over (partition by i.topic, i.partition order by i.position) - 1 as step
    from unnest(in_topics, in_partitions, in_keys, in_headers, in_values)
      with ordinality as i (topic, partition, key, headers, value, position)
  ), added as (
    insert into records (topic, partition, "offset", key, headers, value)
    select p.topic, p.partition, p.next_offset + i.step, i.key, i.headers, i.value
    from input i join partitions p using (topic, partition)
    returning topic, partition
  )
  update partitions p set next_offset = p.next_offset + a.count
    from (select topic, partition, count(*) from added group by 1, 2) a
    where p.topic = a.topic and p.partition = a.partition;
end $$;
