/** Events of the payments service, keyed by the order that they are about. */
import { Type } from 'typebox';
import { defineEvent } from './define-event.ts';
import { cents, currency, orderId } from './fields.ts';

const topic = 'waymark.payments';
const data = Type.Object({ orderId, amountCents: cents, currency });

export const paymentAuthorised = defineEvent({
  type: 'waymark.payments.payment-authorised.v1',
  topic,
  summary: 'The card processor holds the amount for us.',
  data,
});

export const paymentDeclined = defineEvent({
  type: 'waymark.payments.payment-declined.v1',
  topic,
  summary: 'The card processor refused to hold the amount.',
  data: Type.Object({ orderId, reason: Type.String({ examples: ['card-declined'] }) }),
});

export const paymentCaptured = defineEvent({
  type: 'waymark.payments.payment-captured.v1',
  topic,
  summary: 'The money is ours.',
  data,
});

export const captureFailed = defineEvent({
  type: 'waymark.payments.capture-failed.v1',
  topic,
  summary: 'The hold was lost and a new one was refused, after the order had been confirmed.',
  data: Type.Object({ orderId, reason: Type.String({ examples: ['expired'] }) }),
});

export const paymentVoided = defineEvent({
  type: 'waymark.payments.payment-voided.v1',
  topic,
  summary: 'The hold is given back; nothing was taken.',
  data,
});

export const paymentRefunded = defineEvent({
  type: 'waymark.payments.payment-refunded.v1',
  topic,
  summary: 'What was taken is given back.',
  data,
});
