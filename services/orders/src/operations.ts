/** What the public document says of each route, beside its schemas. */
import type { Operation, RequestHeader } from '@waymark/http/operation.ts';
import { errors } from './errors.ts';

const order = {
  id: '0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90',
  state: 'placed',
  lines: [{ productId: 'ridgeline-2p-tent', quantity: 2, priceCents: 36_900 }],
  totalCents: 73_800,
  currency: 'EUR',
  placedAt: '2026-01-15T09:30:00.000Z',
};

const idempotencyKey: RequestHeader = {
  required: true,
  description:
    'Chosen by the client, new for each new request and the same for each repetition: a UUID does well. It is kept as long as the order.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  example: 'f3a1c2d4-7b60-4c59-9a51-2f6f3f0c8e11',
};

export const operations = {
  placeOrder: {
    operationId: 'placeOrder',
    summary: 'Place an order',
    description: `Stores the order and answers at once with the state \`placed\`. Stock and payment are settled after that, as a rule within a second: follow the order by \`followOrder\`, or read it again, until it is \`confirmed\` or \`cancelled\`.

Where no answer came, or a 5xx, send the same request with the same \`Idempotency-Key\` again: there will be one order, and you get the first answer, 201 with the state \`placed\`, whatever has become of the order since. Keys are those of one customer. The same key with another body is refused; the order of JSON's fields does not make it another.

In this shop \`cardToken\` is one of the simulated card processor's: \`tok_approve\` pays, \`tok_decline\` is declined, \`tok_slow\` (undecided for about two seconds, so there is time to cancel), \`tok_fail_once\`, \`tok_charge_then_drop\` and \`tok_hold_expires\` pay in spite of faults.`,
    returns: 'The order as it was accepted.',
    etag: '"placed"',
    errors: [
      errors['idempotency-key-missing'],
      errors['idempotency-key-invalid'],
      errors['idempotency-key-reused'],
      errors['idempotency-key-in-flight'],
      errors.overloaded,
      errors['duplicate-line'],
      errors['unknown-product'],
      errors['mixed-currencies'],
      errors['unknown-card-token'],
    ],
    requestHeaders: { 'Idempotency-Key': idempotencyKey },
    examples: {
      body: {
        lines: [{ productId: 'ridgeline-2p-tent', quantity: 2 }],
        payment: { cardToken: 'tok_approve' },
        shipTo: {
          name: 'Ada Example',
          line1: '1 Harbour Lane',
          city: 'Porto',
          postalCode: '4000-001',
          country: 'PT',
        },
      },
      answer: order,
    },
  },
  listOrders: {
    operationId: 'listOrders',
    summary: 'List your orders',
    description:
      "Newest first; the caller's own, or with `support:read` those of the customer that `customerId` names, which goes on record.",
    returns: 'A page of orders.',
    examples: { answer: { items: [order], nextCursor: null } },
  },
  getOrder: {
    operationId: 'getOrder',
    summary: 'Read an order',
    description:
      "The order as it stands. Another customer's is 404, like one that is not there. With `support:read` it is any order, and the reading of it is on record.",
    returns: 'The order.',
    etag: '"confirmed"',
    examples: { answer: { ...order, state: 'confirmed' } },
  },
  cancelOrder: {
    operationId: 'cancelOrder',
    summary: 'Cancel an order',
    description:
      'Cancels an order that is not decided yet; what was reserved or authorised for it is undone. That is as a rule a second, so expect 409 `already-confirmed` as an answer like any other; `If-Match` is looked at first. To cancel a cancelled order again changes nothing and answers the same, so it is safe to repeat, but for an `If-Match`, which does not match the second time. No body is needed, and then no Content-Type.',
    returns: 'The cancelled order.',
    etag: '"placed"',
    ifMatch: 'optional',
    errors: [errors['already-confirmed']],
    examples: { answer: { ...order, state: 'cancelled', reason: 'customer-request' } },
  },
  refundOrder: {
    operationId: 'refundOrder',
    summary: 'Refund an order',
    description:
      'For the support: gives back the whole amount of a confirmed order, once. The order gets a `refund`, which is `requested` until the card processor has done it, as a rule within a second, and then `done`. Goods are not waited for, and a refund by itself returns none to the stock. The same request under the same `Idempotency-Key` again changes nothing and gets the order.',
    returns: 'The order, with its refund.',
    errors: [
      errors['idempotency-key-missing'],
      errors['idempotency-key-invalid'],
      errors['idempotency-key-reused'],
      errors['order-not-confirmed'],
      errors['already-refunded'],
    ],
    requestHeaders: { 'Idempotency-Key': idempotencyKey },
    examples: {
      body: { reason: 'damaged' },
      answer: {
        ...order,
        state: 'confirmed',
        refund: {
          reason: 'damaged',
          state: 'requested',
          requestedAt: '2026-01-20T14:05:00.000Z',
        },
      },
    },
  },
} satisfies Record<string, Operation>;
