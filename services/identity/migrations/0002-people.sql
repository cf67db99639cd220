-- A program that runs on its user's own machine can keep no secret, and has the addresses that it may be
-- answered at instead. One or the other, or anybody could be this client.
alter table clients alter column secret_hash drop not null;
alter table clients add column redirect_uris jsonb not null default '[]';
alter table clients add constraint clients_secret_or_address check
  ((secret_hash is null) = (jsonb_array_length(redirect_uris) > 0));

-- Written from the list of people at each start. The username is the subject of their tokens.
create table people (
  username text primary key,
  -- scrypt with its parameters and salt (passwords.ts).
  password_hash text not null,
  name text not null
);

-- How often signing in was tried of late, for each account and each address. The key is a hash: people type
-- passwords into the wrong field, and an address is a personal matter.
create table sign_in_attempts (
  key text primary key,
  attempts integer not null,
  ends_at timestamptz not null
);
create index sign_in_attempts_ending on sign_in_attempts (ends_at);
