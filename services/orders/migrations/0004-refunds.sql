-- Added first, so that replicas of before go on writing what they know.
alter table orders add column refund_reason text;
alter table orders add column refund_requested_at timestamptz;
-- The idempotency record is part of the refund, as an order's is part of the order.
alter table orders add column refund_key text;
alter table orders drop constraint orders_state_check;
alter table orders add constraint orders_state_check check
  (state in ('placed', 'awaiting-payment', 'confirmed', 'cancelled', 'refunding', 'refunded'));
alter table orders add constraint orders_refund_check check
  (num_nonnulls(refund_reason, refund_requested_at, refund_key)
    = case when state in ('refunding', 'refunded') then 3 else 0 end);
