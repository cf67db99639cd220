-- What a person's programs may be granted follows from it (policy.ts). The default is for replicas of before.
alter table people add column role text not null default 'customer' check (role in ('customer', 'support'));
