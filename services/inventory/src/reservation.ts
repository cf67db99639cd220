/**
 * The model: an order's reservation, and what each piece of news does to it and to the stock. Pure functions;
 * undefined means that the news came twice or too late and changes nothing.
 *
 *   (none) -> reserved -> committed -> returned
 *        \-> rejected  \-> released
 */
import {
  stockCommitted,
  stockRejected,
  stockReleased,
  stockReserved,
} from '@waymark/contracts/inventory.ts';
import { outgoing, type OutgoingEvent } from '@waymark/messaging/event.ts';

export interface Line {
  productId: string;
  quantity: number;
}

export interface Reservation {
  orderId: string;
  state: 'reserved' | 'rejected' | 'committed' | 'released' | 'returned';
  lines: Line[];
}

export interface Stock {
  productId: string;
  onHand: number;
  reserved: number;
}

export interface StockChange {
  productId: string;
  onHand: number;
  reserved: number;
  /** The movement that explains a change of what is on hand. */
  kind?: 'commit' | 'return';
}

export interface Outcome {
  reservation: Reservation;
  changes: StockChange[];
  events: OutgoingEvent[];
}

/** All lines or none. `stock` has the lines' products, each by its id. */
export function reserve(
  earlier: Reservation | undefined,
  order: { orderId: string; lines: Line[] },
  stock: ReadonlyMap<string, Stock>,
): Outcome | undefined {
  // The same event again, or a cancellation that was here first: what it left behind stands.
  if (earlier !== undefined) return undefined;
  const { orderId, lines } = order;
  const short = lines.filter(({ productId, quantity }) => {
    const row = stock.get(productId);
    return row === undefined || row.onHand - row.reserved < quantity;
  });
  if (short.length > 0) {
    const productIds = short.map((line) => line.productId);
    const rejected = outgoing(stockRejected, orderId, { orderId, productIds });
    return { reservation: { orderId, state: 'rejected', lines }, changes: [], events: [rejected] };
  }
  return {
    reservation: { orderId, state: 'reserved', lines },
    changes: lines.map(({ productId, quantity }) => ({ productId, onHand: 0, reserved: quantity })),
    events: [outgoing(stockReserved, orderId, { orderId })],
  };
}

/** The order is confirmed: the pieces leave. Throws where nothing is held, since that would be selling air. */
export function commit(earlier: Reservation | undefined): Outcome | undefined {
  if (earlier?.state === 'committed' || earlier?.state === 'returned') return undefined;
  if (earlier?.state !== 'reserved')
    throw new Error('an order was confirmed without a reservation');
  const { orderId, lines } = earlier;
  return {
    reservation: { ...earlier, state: 'committed' },
    changes: lines.map(({ productId, quantity }) => ({
      productId,
      onHand: -quantity,
      reserved: -quantity,
      kind: 'commit',
    })),
    events: [outgoing(stockCommitted, orderId, { orderId })],
  };
}

/** The order is cancelled: whatever it holds, or has taken, comes back. */
export function release(earlier: Reservation | undefined, orderId: string): Outcome | undefined {
  // #region cancellation-first
  // A cancellation that overtakes its order is remembered, and the order finds it and reserves nothing.
  // Ignoring it would let the order hold stock for ever, with nobody left to release it.
  if (earlier === undefined) {
    return { reservation: { orderId, state: 'released', lines: [] }, changes: [], events: [] };
  }
  // #endregion
  const { lines } = earlier;
  const released = outgoing(stockReleased, orderId, { orderId });
  if (earlier.state === 'reserved') {
    const changes = lines.map(({ productId, quantity }) => ({
      productId,
      onHand: 0,
      reserved: -quantity,
    }));
    return { reservation: { ...earlier, state: 'released' }, changes, events: [released] };
  }
  if (earlier.state === 'committed') {
    const changes = lines.map(({ productId, quantity }) => ({
      productId,
      onHand: quantity,
      reserved: 0,
      kind: 'return' as const,
    }));
    return { reservation: { ...earlier, state: 'returned' }, changes, events: [released] };
  }
  return undefined;
}

/** What the stock is after the changes of an outcome, for the one that is decided next. */
export function change(stock: Map<string, Stock>, changes: StockChange[]): void {
  for (const { productId, onHand, reserved } of changes) {
    const row = stock.get(productId);
    if (row === undefined) throw new Error(`the stock of ${productId} is not there`);
    stock.set(productId, {
      productId,
      onHand: row.onHand + onHand,
      reserved: row.reserved + reserved,
    });
  }
}
