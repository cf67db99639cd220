/** Events of the orders service. They carry no personal data: whoever ships asks the orders service. */
import { Type, type Static } from 'typebox';
import { defineEvent } from './define-event.ts';
import { cents, currency, line, orderId } from './fields.ts';

const topic = 'waymark.orders';

/** Accepted and stored; inventory now tries to reserve. */
export const orderPlaced = defineEvent({
  type: 'waymark.orders.order-placed.v1',
  topic,
  data: Type.Object({
    orderId,
    customerId: Type.String(),
    lines: Type.Array(line),
    totalCents: cents,
    currency,
  }),
});

/** Stock is reserved; payments now tries to authorise. */
export const paymentRequested = defineEvent({
  type: 'waymark.orders.payment-requested.v1',
  topic,
  data: Type.Object({ orderId, amountCents: cents, currency, cardToken: Type.String() }),
});

/** The pivot: payments captures and inventory commits until both hold. */
export const orderConfirmed = defineEvent({
  type: 'waymark.orders.order-confirmed.v1',
  topic,
  data: Type.Object({ orderId }),
});

export const cancelReason = Type.Union([
  Type.Literal('customer-request'),
  Type.Literal('out-of-stock'),
  Type.Literal('payment-declined'),
  Type.Literal('deadline-passed'),
  Type.Literal('capture-failed'),
]);
export type CancelReason = Static<typeof cancelReason>;

/** Whatever was reserved, authorised or captured for the order is to be undone. */
export const orderCancelled = defineEvent({
  type: 'waymark.orders.order-cancelled.v1',
  topic,
  data: Type.Object({ orderId, reason: cancelReason }),
});
