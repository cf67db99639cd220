/**
 * The model: what an order is, and what may happen to it. Each decision is a pure function from an order and
 * a piece of news to the next state and the events that tell of it, or to nothing where the news comes too late
 * or twice. The saga is these functions: reserve, then authorise, then decide; whatever goes wrong before the
 * decision cancels, and the order-cancelled event makes inventory and payments undo their part.
 */
import {
  orderCancelled,
  orderConfirmed,
  orderPlaced,
  paymentRequested,
  refundRequested as refundRequestedEvent,
  type CancelReason,
  type RefundReason,
} from '@waymark/contracts/orders.ts';
import { isCardToken } from '@waymark/contracts/card-tokens.ts';
import { Problem } from '@waymark/http/problem.ts';
import { outgoing, type OutgoingEvent } from '@waymark/messaging/event.ts';
import { errors } from './errors.ts';

export type OrderState =
  | { state: 'placed' }
  | { state: 'awaiting-payment' }
  | { state: 'confirmed' }
  | { state: 'cancelled'; reason: CancelReason }
  | { state: 'refunding' | 'refunded'; refund: Refund };

export interface Refund {
  reason: RefundReason;
  requestedAt: Date;
  /** What the support's program chose for this request. */
  idempotencyKey: string;
}

export interface OrderLine {
  productId: string;
  quantity: number;
  /** The price of one piece when the order was placed. */
  priceCents: number;
}

export interface ShipTo {
  name: string;
  line1: string;
  city: string;
  postalCode: string;
  country: string;
}

export interface Order {
  id: string;
  customerId: string;
  lines: OrderLine[];
  totalCents: number;
  currency: string;
  cardToken: string;
  placedAt: Date;
  /** An order that is undecided at this time is cancelled. */
  deadlineAt: Date;
  progress: OrderState;
}

export interface PlaceOrder {
  customerId: string;
  lines: { productId: string; quantity: number }[];
  payment: { cardToken: string };
  shipTo: ShipTo;
}

export interface Price {
  productId: string;
  priceCents: number;
  currency: string;
}

export interface Decision {
  progress: OrderState;
  events: OutgoingEvent[];
}

/** Throws `duplicate-line`, `unknown-product`, `mixed-currencies` or `unknown-card-token`. */
export function placeOrder(
  command: PlaceOrder,
  prices: Price[],
  facts: { id: string; now: Date; deadlineMs: number },
): [Order, OutgoingEvent[]] {
  checkLines(command, prices);
  const { cardToken } = command.payment;
  if (!isCardToken(cardToken)) throw new Problem(errors['unknown-card-token']);
  const priceOf = new Map(prices.map((price) => [price.productId, price]));
  const lines = command.lines.map((line) => ({
    ...line,
    priceCents: priceOf.get(line.productId)?.priceCents ?? 0,
  }));
  const order: Order = {
    id: facts.id,
    customerId: command.customerId,
    lines,
    totalCents: lines.reduce((total, line) => total + line.quantity * line.priceCents, 0),
    currency: prices[0]?.currency ?? '',
    cardToken,
    placedAt: facts.now,
    deadlineAt: new Date(facts.now.getTime() + facts.deadlineMs),
    progress: { state: 'placed' },
  };
  const placed = outgoing(orderPlaced, order.id, {
    orderId: order.id,
    customerId: order.customerId,
    lines: command.lines,
    totalCents: order.totalCents,
    currency: order.currency,
  });
  return [order, [placed]];
}

function checkLines({ lines }: PlaceOrder, prices: Price[]): void {
  const productIds = lines.map((line) => line.productId);
  const known = new Set(prices.map((price) => price.productId));
  const duplicates = productIds.filter((id, index) => productIds.indexOf(id) !== index);
  if (duplicates.length > 0)
    throw new Problem(errors['duplicate-line'], undefined, { productIds: duplicates });
  const unknown = productIds.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new Problem(errors['unknown-product'], undefined, { productIds: unknown });
  if (new Set(prices.map((price) => price.currency)).size > 1)
    throw new Problem(errors['mixed-currencies']);
}

export function stockReserved(order: Order): Decision | undefined {
  if (order.progress.state !== 'placed') return undefined;
  const request = outgoing(paymentRequested, order.id, {
    orderId: order.id,
    amountCents: order.totalCents,
    currency: order.currency,
    cardToken: order.cardToken,
  });
  return { progress: { state: 'awaiting-payment' }, events: [request] };
}

export function stockRejected(order: Order): Decision | undefined {
  return cancelUndecided(order, 'out-of-stock');
}

export function paymentAuthorised(order: Order): Decision | undefined {
  // #region pivot
  // The point of no return. Before it everything can be undone; after it capture and commit are tried until they
  // hold. One way leads back: a card that lets three holds lapse (captureFailed). An authorisation that finds the order cancelled changes nothing: payments has, or will
  // get, the order-cancelled event, and gives the hold back.
  if (order.progress.state !== 'awaiting-payment') return undefined;
  const confirmed = outgoing(orderConfirmed, order.id, { orderId: order.id });
  return { progress: { state: 'confirmed' }, events: [confirmed] };
  // #endregion
}

export function paymentDeclined(order: Order): Decision | undefined {
  return cancelUndecided(order, 'payment-declined');
}

export function deadlinePassed(order: Order): Decision | undefined {
  return cancelUndecided(order, 'deadline-passed');
}

/** The hold lapsed before it was captured and the card refused a new one. A refund then has nothing to give back. */
export function captureFailed(order: Order): Decision | undefined {
  const { state } = order.progress;
  return state === 'confirmed' || state === 'refunding'
    ? cancel(order, 'capture-failed')
    : undefined;
}

/**
 * Throws `order-not-confirmed`, `already-refunded`, or `idempotency-key-reused` for a key that came with another
 * reason. The same request again changes nothing.
 */
export function refundRequested(order: Order, refund: Refund): Decision | undefined {
  const { progress } = order;
  if ('refund' in progress) {
    const { idempotencyKey, reason } = progress.refund;
    if (idempotencyKey !== refund.idempotencyKey) throw new Problem(errors['already-refunded']);
    if (reason !== refund.reason) throw new Problem(errors['idempotency-key-reused']);
    return undefined;
  }
  if (progress.state !== 'confirmed') throw new Problem(errors['order-not-confirmed']);
  // #region one-refund-an-order
  // A refund is a state of its order and not a row beside it, so there cannot be two: whoever asks second finds the
  // order refunding, under the lock on its row. Whether the capture is done yet is not asked here. Payments knows,
  // and gives back what it took, once it took it.
  const { reason } = refund;
  const requested = outgoing(refundRequestedEvent, order.id, { orderId: order.id, reason });
  return { progress: { state: 'refunding', refund }, events: [requested] };
  // #endregion
}

/** Money also goes back for a cancelled order, which stays so. */
export function paymentRefunded({ progress }: Order): Decision | undefined {
  if (progress.state !== 'refunding') return undefined;
  return { progress: { ...progress, state: 'refunded' }, events: [] };
}

/** Throws `already-confirmed`. Cancelling what is cancelled already changes nothing. */
export function cancelRequested(order: Order): Decision | undefined {
  if (order.progress.state === 'confirmed' || 'refund' in order.progress)
    throw new Problem(errors['already-confirmed']);
  return cancelUndecided(order, 'customer-request');
}

function cancelUndecided(order: Order, reason: CancelReason): Decision | undefined {
  const { state } = order.progress;
  return state === 'placed' || state === 'awaiting-payment' ? cancel(order, reason) : undefined;
}

function cancel(order: Order, reason: CancelReason): Decision {
  const cancelled = outgoing(orderCancelled, order.id, { orderId: order.id, reason });
  return { progress: { state: 'cancelled', reason }, events: [cancelled] };
}
