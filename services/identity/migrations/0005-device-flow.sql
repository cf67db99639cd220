-- A program that has no browser of its own, such as a command line: the person says yes on another page (RFC 8628).
alter table clients add column device_flow boolean not null default false;
alter table clients drop constraint clients_one_way_to_be_known;
alter table clients add constraint clients_one_way_to_be_known check
  (num_nonnulls(secret_hash, public_key) + (jsonb_array_length(redirect_uris) > 0)::int + device_flow::int = 1);
