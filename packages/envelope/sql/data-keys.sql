-- What a service needs to keep personal fields sealed; its own migrations include this file.

-- The key-encryption keys that data keys were ever wrapped by: their names, never the keys.
create table key_encryption_keys (
  id text primary key,
  added_at timestamptz not null default now(),
  -- From then on it is no longer in the ring, and nothing may be wrapped by it again.
  retired_at timestamptz
);

-- One per person, and wrapped: whoever reads this table can open nothing. To delete a row is to erase what was
-- sealed with it, wherever that lies.
create table data_keys (
  subject text primary key,
  id uuid not null,
  kek_id text not null references key_encryption_keys,
  wrapped bytea not null
);
create index data_keys_by_kek on data_keys (kek_id);

-- Whether something may be wrapped by this key now. Holds the answer until the commit: a key is not retired
-- between this look and the row that uses it.
create function may_wrap_by(in_kek text) returns boolean language plpgsql as $$
begin
  insert into key_encryption_keys (id) values (in_kek) on conflict do nothing;
  perform 1 from key_encryption_keys where id = in_kek and retired_at is null for share;
  return found;
end $$;

-- The data key of the subject, which is this one unless there was one before; nothing where it may not be wrapped so.
create function add_data_key(in_subject text, in_id uuid, in_kek text, in_wrapped bytea)
returns setof data_keys language plpgsql as $$
begin
  if not may_wrap_by(in_kek) then return; end if;
  insert into data_keys values (in_subject, in_id, in_kek, in_wrapped) on conflict (subject) do nothing;
  return query select * from data_keys where subject = in_subject;
end $$;

-- For npm run keys. False while a data key is wrapped by it; those who are about to wrap by it are waited for.
create function retire_key_encryption_key(in_kek text) returns boolean language plpgsql as $$
begin
  insert into key_encryption_keys (id) values (in_kek) on conflict do nothing;
  perform 1 from key_encryption_keys where id = in_kek for update;
  if exists (select from data_keys where kek_id = in_kek) then return false; end if;
  update key_encryption_keys set retired_at = coalesce(retired_at, now()) where id = in_kek;
  return true;
end $$;
