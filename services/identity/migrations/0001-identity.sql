-- Written from the list of clients at each start.
create table clients (
  client_id text primary key,
  -- SHA-256, base64url. Enough for a secret of 256 random bits, which nobody can find by trying.
  secret_hash text not null,
  scope text not null,
  name text not null
);

-- Private keys as JWKs. All are published, the newest one signs.
create table signing_keys (
  kid text primary key,
  jwk jsonb not null,
  created_at timestamptz not null default now()
);

-- All verify a cookie's signature, the newest one signs.
create table cookie_keys (
  secret text primary key,
  created_at timestamptz not null default now()
);

-- What oidc-provider keeps between requests: sessions, grants, codes, refresh tokens.
create table oidc_payloads (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  uid text,
  user_code text,
  consumed_at timestamptz,
  expires_at timestamptz,
  primary key (model, id)
);
create index oidc_payloads_of_grant on oidc_payloads (grant_id) where grant_id is not null;
create index oidc_payloads_by_uid on oidc_payloads (uid) where uid is not null;
create index oidc_payloads_by_user_code on oidc_payloads (user_code) where user_code is not null;
create index oidc_payloads_expiring on oidc_payloads (expires_at) where expires_at is not null;
