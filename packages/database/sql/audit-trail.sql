-- What was done that somebody may have to answer for, one row an act (src/audit-trail.ts). Each row's hash covers the
-- row and the hash before it. Whoever provisions the database takes the table from the service's role, which may then
-- read it and add to it, and no more (infra/postgres/provision.ts).
create table audit_trail (
  seq bigint primary key,
  -- Milliseconds, which is what the hash is made of.
  at timestamptz(3) not null,
  actor text not null,
  act text not null,
  object text not null,
  -- JSON as it was hashed, which jsonb would write in another way.
  details text not null,
  -- Unique, so that the chain cannot fork.
  previous text not null unique,
  hash text not null unique
);
