/** An order as its row in the table, and back. */
import type { CancelReason } from '@waymark/contracts/orders.ts';
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
}

export function progressColumns(progress: OrderState) {
  const cancel_reason = progress.state === 'cancelled' ? progress.reason : null;
  return { state: progress.state, cancel_reason };
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

function toProgress({
  state,
  cancel_reason,
}: Pick<OrderRow, 'state' | 'cancel_reason'>): OrderState {
  if (state !== 'cancelled') return { state };
  // The table's own check holds the two columns together.
  return { state, reason: cancel_reason ?? 'customer-request' };
}
