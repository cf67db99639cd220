\ir ../../../packages/envelope/sql/data-keys.sql
-- What a person is called and written to, sealed with their own data key, and an e-mail address by which they are
-- found though nobody can read it here. The clear name is of people who came before: the service seals it when it
-- starts, and a later migration takes the column away.
alter table people alter column name drop not null;
alter table people add column name_sealed bytea;
alter table people add column email_sealed bytea;
alter table people add column email_index text;
alter table people add constraint people_one_name check (num_nonnulls(name, name_sealed) = 1);
create unique index people_by_email on people (email_index);
