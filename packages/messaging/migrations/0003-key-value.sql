-- Values, rate limits and locks in tables: the embedded stand-in for Redis. Unlogged: a crash of the server
-- empties them, as it empties a cache, and in return no write waits for the disk. Nothing indexes the expiry,
-- which would make every write dearer; the sweep reads the tables, which are small because it does.

create unlogged table key_values (
  key text primary key,
  value text not null,
  expires_at timestamptz
);

create unlogged table token_buckets (
  key text primary key,
  tokens float8 not null,
  refilled_at timestamptz not null,
  -- When the bucket is full again: from then on it says no more than a bucket that is not there.
  expires_at timestamptz not null
);

create unlogged table locks (
  key text primary key,
  token bigint not null,
  expires_at timestamptz not null
);

-- #region fencing-token-outlives-the-lock
-- A crash of the server forgets who holds a lock, so two may believe that they do. The tokens come from a
-- sequence, which is logged: the second holder's is higher all the same, and what the lock protects can refuse
-- the first. A counter in the lock's own row would begin at 1 again, and the first holder's old token would win.
create sequence fencing_tokens;
-- Who may connect to this database is decided elsewhere; identity columns need no such grant, sequences do.
grant usage on sequence fencing_tokens to public;
-- #endregion

-- Returns the token, or null while another holds the lock. The advisory lock comes first, so that tokens are
-- drawn in the order in which the lock is taken: an upsert draws before it waits for the row, and by the time
-- it has the row a higher token may have come and gone.
create function take_lock(in_key text, in_ttl_ms float8)
returns bigint language plpgsql as $$
declare
  new_token bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('lock ' || in_key, 0));
  insert into locks as held (key, token, expires_at)
    select in_key, nextval('fencing_tokens'), clock_timestamp() + in_ttl_ms * interval '1 millisecond'
    where not exists (select from locks where key = in_key and expires_at > clock_timestamp())
    on conflict (key) do update set token = excluded.token, expires_at = excluded.expires_at
      -- Its holder may have extended it meanwhile.
      where held.expires_at <= clock_timestamp()
    returning held.token into new_token;
  return new_token;
end $$;

-- Takes tokens from a bucket that refills evenly, all of them or none. The row's lock makes it exact; the clock
-- is read after the lock is held, since time must not run backwards from one taker to the next.
create function take_tokens(in_key text, in_capacity float8, in_per_second float8, in_tokens float8)
returns table (allowed boolean, remaining float8, reset_seconds float8, retry_after_seconds float8)
language plpgsql as $$
declare
  bucket token_buckets;
  taken_at timestamptz;
  level float8;
begin
  loop
    select * into bucket from token_buckets b where b.key = in_key for update;
    exit when found;
    insert into token_buckets (key, tokens, refilled_at, expires_at)
      values (in_key, in_capacity, clock_timestamp(), clock_timestamp()) on conflict do nothing;
  end loop;
  taken_at := clock_timestamp();
  level := least(in_capacity, bucket.tokens
    + greatest(0, extract(epoch from taken_at - bucket.refilled_at)) * in_per_second);
  allowed := level >= in_tokens;
  retry_after_seconds := greatest(0, in_tokens - level) / in_per_second;
  if allowed then level := level - in_tokens; end if;
  remaining := floor(level);
  reset_seconds := (in_capacity - level) / in_per_second;
  update token_buckets b set tokens = level, refilled_at = taken_at,
    expires_at = taken_at + reset_seconds * interval '1 second' where b.key = in_key;
  return next;
end $$;
