/** The events of one transaction, one after the other on what was read and locked for all of them. */
import type { LogRecord } from '@waymark/messaging/event-log.ts';
import { toRows } from '@waymark/messaging/outbox.ts';
import {
  change,
  commit,
  release,
  reserve,
  type Line,
  type Outcome,
  type Reservation,
  type Stock,
} from './reservation.ts';
import type { InventoryQueries } from './store.ts';

interface Found {
  reservations: Reservation[];
  /** Of all products of these reservations, and of the orders that are placed. */
  stock: Stock[];
}

export function createWork(tx: InventoryQueries, { reservations, stock }: Found) {
  const known = new Map(reservations.map((reservation) => [reservation.orderId, reservation]));
  const shelf = new Map(stock.map((row) => [row.productId, row]));
  const outcomes: Outcome[] = [];
  const news: LogRecord[] = [];

  function take(outcome: Outcome | undefined): void {
    if (outcome === undefined) return;
    outcomes.push(outcome);
    // At once: they tell what caused them, and the outcomes of one transaction have causes of their own.
    news.push(...toRows('inventory', outcome.events));
    known.set(outcome.reservation.orderId, outcome.reservation);
    change(shelf, outcome.changes);
  }

  return {
    orderPlaced: (order: { orderId: string; lines: Line[] }) =>
      take(reserve(known.get(order.orderId), order, shelf)),
    orderConfirmed: ({ orderId }: { orderId: string }) => take(commit(known.get(orderId))),
    orderCancelled: ({ orderId }: { orderId: string }) =>
      take(release(known.get(orderId), orderId)),
    async save(): Promise<void> {
      if (outcomes.length > 0) await tx.save(outcomes, news);
    },
  };
}
