-- One key signs, one is published so that every service knows it by the time it signs, and retired ones stay
-- published for the tokens that they signed.
alter table signing_keys add column state text not null default 'current'
  check (state in ('next', 'current', 'retired'));
alter table signing_keys alter column state drop default;
alter table signing_keys add column ends_at timestamptz;
alter table signing_keys add constraint only_retired_keys_end check ((state = 'retired') = (ends_at is not null));
create unique index signing_keys_one_next on signing_keys (state) where state <> 'retired';

-- For npm run keys. A key must have been published for as long as it takes until nobody can be without it, and a
-- retired one stays until nothing that it signed is valid. The service makes the new next key when it sees none.
create function rotate_signing_key(published_for interval, needed_for interval) returns void language plpgsql as $$
declare
  age interval;
begin
  perform pg_advisory_xact_lock(hashtextextended('identity keys', 0));
  select clock_timestamp() - created_at into age from signing_keys where state = 'next';
  if age is null or age < published_for then
    raise exception 'the next key is not known everywhere yet: try again in % s',
      ceil(extract(epoch from published_for - coalesce(age, '0')));
  end if;
  update signing_keys set state = 'retired', ends_at = clock_timestamp() + needed_for where state = 'current';
  update signing_keys set state = 'current' where state = 'next';
end $$;
