/** A payment as its row in the table, and back. */
import { currentContext } from '@waymark/telemetry/context.ts';
import type { Payment } from './payment.ts';

export interface PaymentRow {
  order_id: string;
  amount_cents: number;
  currency: string;
  card_token: string;
  state: Payment['state'];
  hold_number: number;
  hold_id: string | null;
  reason: string | null;
  traceparent: string | null;
  lease_until: Date | null;
  lease_token: string | null;
  refund_requested: boolean;
}

/** As of now, in the context of what the payment's state comes from. */
export function toRow(payment: Payment) {
  return {
    order_id: payment.orderId,
    amount_cents: payment.amountCents,
    currency: payment.currency,
    card_token: payment.cardToken,
    state: payment.state,
    hold_number: payment.holdNumber,
    hold_id: payment.holdId ?? null,
    refund_requested: payment.refundRequested,
    reason: payment.reason ?? null,
    traceparent: currentContext()?.traceparent ?? null,
  };
}

export function toPayment(row: PaymentRow): Payment {
  return {
    orderId: row.order_id,
    amountCents: row.amount_cents,
    currency: row.currency,
    cardToken: row.card_token,
    state: row.state,
    holdNumber: row.hold_number,
    holdId: row.hold_id ?? undefined,
    reason: row.reason ?? undefined,
    refundRequested: row.refund_requested,
  };
}
