/**
 * The model: which events a customer may see of an order, and in which words. Steps that change the order's
 * state say so. They come from several topics, so steps of different services can arrive in either order;
 * those with a state all come from the orders service, and so in order.
 */
import type { EventContract } from '@waymark/contracts/define-event.ts';
import {
  stockCommitted,
  stockRejected,
  stockReleased,
  stockReserved,
} from '@waymark/contracts/inventory.ts';
import {
  orderCancelled,
  orderConfirmed,
  orderPlaced,
  refundRequested,
} from '@waymark/contracts/orders.ts';
import {
  captureFailed,
  paymentAuthorised,
  paymentCaptured,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
} from '@waymark/contracts/payments.ts';
import type { Event } from '@waymark/messaging/event.ts';

export interface Step {
  orderId: string;
  step: string;
  state?: 'placed' | 'confirmed' | 'cancelled';
  reason?: string;
  at: string;
}

/** An event that is shown, and the state that it brings. */
export interface Told {
  event: Event;
  state: Step['state'];
}

/** A step on its way to a follower. */
export interface Update {
  /** What the follower resumes after. */
  id: string;
  step: Step;
  /** The trace of the order, where the event carried one. */
  traceparent: string | undefined;
}

/** Every contract that is shown, beside the state that it brings. */
export const shown: [EventContract, Step['state']?][] = [
  [orderPlaced, 'placed'],
  [stockReserved],
  [stockRejected],
  [paymentAuthorised],
  [paymentDeclined],
  [orderConfirmed, 'confirmed'],
  [orderCancelled, 'cancelled'],
  [refundRequested],
  [stockCommitted],
  [stockReleased],
  [paymentCaptured],
  [captureFailed],
  [paymentVoided],
  [paymentRefunded],
];

/** `waymark.orders.order-placed.v1` at some time becomes the step `order-placed`. */
export function stepOf(
  event: { type: string; subject: string; time: string; data: unknown },
  state: Step['state'],
): Step {
  const step = event.type.split('.').at(-2) ?? event.type;
  const { reason } = event.data as { reason?: string };
  return {
    orderId: event.subject,
    step,
    ...(state === undefined ? {} : { state }),
    ...(reason === undefined ? {} : { reason }),
    at: event.time,
  };
}
