/** An order as its row in the table, and back. */
import type { CancelReason, RefundReason } from '@waymark/contracts/orders.ts';
import type { Order, OrderLine, OrderState } from './order.ts';

export interface OrderRow {
  id: string;
  customer_id: string;
  idempotency_key: string;
  state: OrderState['state'];
  cancel_reason: CancelReason | null;
  lines: unknown;
  total_cents: number;
  currency: string;
  card_token: string;
  /** Of an order that came before addresses were sealed. */
  ship_to: unknown;
  ship_to_sealed: Buffer | null;
  /** Of such an order as well; nothing compares it. */
  request_hash: string | null;
  placed_at: Date;
  deadline_at: Date;
  refund_reason: RefundReason | null;
  refund_requested_at: Date | null;
  refund_key: string | null;
}

export function progressColumns(progress: OrderState) {
  const refund = 'refund' in progress ? progress.refund : undefined;
  return {
    state: progress.state,
    cancel_reason: progress.state === 'cancelled' ? progress.reason : null,
    refund_reason: refund?.reason ?? null,
    refund_requested_at: refund?.requestedAt ?? null,
    refund_key: refund?.idempotencyKey ?? null,
  };
}

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    customerId: row.customer_id,
    lines: row.lines as OrderLine[],
    totalCents: row.total_cents,
    currency: row.currency,
    cardToken: row.card_token,
    placedAt: row.placed_at,
    deadlineAt: row.deadline_at,
    progress: toProgress(row),
  };
}

/** The table's own checks hold a state and its columns together. */
function toProgress(row: OrderRow): OrderState {
  const { state } = row;
  if (state === 'cancelled') return { state, reason: row.cancel_reason ?? 'customer-request' };
  if (state !== 'refunding' && state !== 'refunded') return { state };
  const refund = {
    reason: row.refund_reason ?? 'goodwill',
    requestedAt: row.refund_requested_at ?? row.placed_at,
    idempotencyKey: row.refund_key ?? '',
  };
  return { state, refund };
}
