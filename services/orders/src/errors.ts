/** Errors that a caller of the orders service can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'idempotency-key-missing': {
    status: 400,
    title: 'Idempotency key missing',
    when: 'An order is placed, and refunded, with an Idempotency-Key header, so that it can be sent again safely.',
  },
  'idempotency-key-invalid': {
    status: 400,
    title: 'Idempotency key invalid',
    when: 'The Idempotency-Key is 1 to 255 visible ASCII characters.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    when: 'The key belongs to an earlier request with another body. A new one needs a new key.',
  },
  'idempotency-key-in-flight': {
    status: 409,
    title: 'Idempotency key in flight',
    when: 'Another request with this key is being carried out; the same request later gets its answer.',
    retryAfterSeconds: 1,
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    when: 'Orders come faster than they are decided, so no more are taken for now; the same request later is taken.',
    retryAfterSeconds: 5,
  },
  'duplicate-line': {
    status: 422,
    title: 'Duplicate line',
    when: 'Two lines name the same product. Use one line with the sum.',
  },
  'unknown-product': {
    status: 422,
    title: 'Unknown product',
    when: 'A line names a product that the shop does not sell; `productIds` lists them.',
  },
  'mixed-currencies': {
    status: 422,
    title: 'Mixed currencies',
    when: 'The products of one order are priced in one currency.',
  },
  'unknown-card-token': {
    status: 422,
    title: 'Unknown card token',
    when: 'The card processor does not know this card token.',
  },
  'already-confirmed': {
    status: 409,
    title: 'Order already confirmed',
    when: 'A confirmed order is paid and on its way, and cannot be cancelled any more.',
  },
  'order-not-confirmed': {
    status: 409,
    title: 'Order not confirmed',
    when: 'Nothing is paid for an order before it is confirmed, nor for a cancelled one, so there is nothing to give back.',
  },
  'already-refunded': {
    status: 409,
    title: 'Order already refunded',
    when: 'An order is refunded once, as a whole, and this one was, under another key.',
  },
});
