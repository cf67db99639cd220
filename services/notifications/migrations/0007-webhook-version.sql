-- Grows by one with each change of what a partner sees of its webhook; its ETag is made of it.
alter table webhooks add column version int not null default 1;
