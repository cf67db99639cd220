-- Whether the order is to be refunded once its capture, which is under way, has an end.
alter table payments add column refund_requested boolean not null default false;
