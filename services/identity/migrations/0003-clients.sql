-- A program can show who it is by a signature too (RFC 7523); of its key pair, we have the public half alone.
alter table clients add column public_key jsonb;
-- Whether it may ask about tokens that others were given (RFC 7662).
alter table clients add column may_introspect boolean not null default false;
alter table clients drop constraint clients_secret_or_address;
alter table clients add constraint clients_one_way_to_be_known check
  (num_nonnulls(secret_hash, public_key) + (jsonb_array_length(redirect_uris) > 0)::int = 1);
