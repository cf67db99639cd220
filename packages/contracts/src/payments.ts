/** Events of the payments service, keyed by the order that they are about. */
import { Type } from 'typebox';
import { defineEvent } from './define-event.ts';
import { cents, currency, orderId } from './fields.ts';

const topic = 'waymark.payments';
const data = Type.Object({ orderId, amountCents: cents, currency });

/** The card processor holds the amount for us. */
export const paymentAuthorised = defineEvent({
  type: 'waymark.payments.payment-authorised.v1',
  topic,
  data,
});

export const paymentDeclined = defineEvent({
  type: 'waymark.payments.payment-declined.v1',
  topic,
  data: Type.Object({ orderId, reason: Type.String() }),
});

/** The money is ours. */
export const paymentCaptured = defineEvent({
  type: 'waymark.payments.payment-captured.v1',
  topic,
  data,
});

/** The hold was lost and a new one was refused, after the order had been confirmed. */
export const captureFailed = defineEvent({
  type: 'waymark.payments.capture-failed.v1',
  topic,
  data: Type.Object({ orderId, reason: Type.String() }),
});

/** The hold is given back; nothing was taken. */
export const paymentVoided = defineEvent({
  type: 'waymark.payments.payment-voided.v1',
  topic,
  data,
});

/** What was taken is given back. */
export const paymentRefunded = defineEvent({
  type: 'waymark.payments.payment-refunded.v1',
  topic,
  data,
});
