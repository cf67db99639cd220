/** Events of the orders service. They carry no personal data: whoever ships asks the orders service. */
import { Type, type Static } from 'typebox';
import { defineEvent } from './define-event.ts';
import { cents, currency, line, orderId } from './fields.ts';

const topic = 'waymark.orders';

export const orderPlaced = defineEvent({
  type: 'waymark.orders.order-placed.v1',
  topic,
  summary: 'Accepted and stored; inventory now tries to reserve.',
  data: Type.Object({
    orderId,
    customerId: Type.String({ examples: ['ada'] }),
    lines: Type.Array(line),
    totalCents: cents,
    currency,
  }),
});

export const paymentRequested = defineEvent({
  type: 'waymark.orders.payment-requested.v1',
  topic,
  summary: 'Stock is reserved; payments now tries to authorise.',
  data: Type.Object({
    orderId,
    amountCents: cents,
    currency,
    cardToken: Type.String({ examples: ['tok_approve'] }),
  }),
});

export const orderConfirmed = defineEvent({
  type: 'waymark.orders.order-confirmed.v1',
  topic,
  summary: 'The pivot: payments captures and inventory commits until both hold.',
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

export const orderCancelled = defineEvent({
  type: 'waymark.orders.order-cancelled.v1',
  topic,
  summary: 'Whatever was reserved, authorised or captured for the order is to be undone.',
  data: Type.Object({ orderId, reason: cancelReason }),
});

export const refundReason = Type.Union([
  Type.Literal('damaged'),
  Type.Literal('not-as-described'),
  Type.Literal('not-received'),
  Type.Literal('goodwill'),
]);
export type RefundReason = Static<typeof refundReason>;

export const refundRequested = defineEvent({
  type: 'waymark.orders.refund-requested.v1',
  topic,
  summary: 'The support gives back the whole amount; payments refunds until it holds.',
  data: Type.Object({ orderId, reason: refundReason }),
});
