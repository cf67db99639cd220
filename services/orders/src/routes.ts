/** HTTP of the orders service: schema in, use case, status out. */
import { currency, productId, quantity, text, time } from '@waymark/contracts/fields.ts';
import { checkIfMatch, tagOf } from '@waymark/http/conditional.ts';
import { decodeCursor, nextCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { callerOf, requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import { errors } from './errors.ts';
import { operations } from './operations.ts';
import type { Order } from './order.ts';
import type { Orders } from './orders.ts';
import { policy } from './policy.ts';

const placeOrderBody = Type.Object(
  {
    lines: Type.Array(Type.Object({ productId, quantity }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: 50,
      description: 'What is ordered; each product in one line.',
    }),
    payment: Type.Object(
      {
        cardToken: Type.String({
          pattern: '^tok_[a-z_]{1,40}$',
          description: 'What the card processor knows the card by; card numbers never come here.',
        }),
      },
      { additionalProperties: false },
    ),
    shipTo: Type.Object(
      {
        name: text(100),
        line1: text(200),
        city: text(100),
        postalCode: text(20),
        country: Type.String({ pattern: '^[A-Z]{2}$', description: 'By ISO 3166-1, two letters.' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'PlaceOrder' },
);

const orderAnswer = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    state: Type.Union(
      [Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('cancelled')],
      { description: '`placed` until stock and payment have said yes or no.' },
    ),
    reason: Type.Optional(Type.String({ description: 'Why the order was cancelled.' })),
    lines: Type.Array(
      Type.Object({
        productId,
        quantity,
        priceCents: Type.Integer({ description: 'Of one piece, when the order was placed.' }),
      }),
    ),
    totalCents: Type.Integer({ description: 'Of all lines.' }),
    currency,
    placedAt: time,
  },
  { title: 'Order' },
);

const orderPage = Type.Object(
  { items: Type.Array(orderAnswer), nextCursor },
  { title: 'OrderPage' },
);

/** The time in milliseconds: a number has no spelling that JavaScript takes and PostgreSQL does not. */
const cursorPosition = Type.Object(
  {
    placedAt: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }),
    id: Type.String({ format: 'uuid' }),
  },
  { additionalProperties: false },
);
const idParams = Type.Object({ id: Type.String({ format: 'uuid' }) });
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function registerRoutes(server: Server, orders: Orders, verifier: TokenVerifier): void {
  const read = { onRequest: requireScope(verifier, policy.read) };
  // Notifications asks here for a caller who wants to follow the order.
  const readOne = { onRequest: requireScope(verifier, policy.read, { alsoBelow: '/events' }) };
  const place = { onRequest: requireScope(verifier, policy.place) };
  const cancel = { onRequest: requireScope(verifier, policy.cancel) };

  server.post(
    '/v1/orders',
    {
      ...place,
      config: { operation: operations.placeOrder },
      schema: { body: placeOrderBody, response: { 201: orderAnswer } },
    },
    async (request, reply) => {
      const key = checkIdempotencyKey(request.headers['idempotency-key']);
      const order = await orders.place(
        { customerId: callerOf(request).subject, ...request.body },
        key,
      );
      reply
        .code(201)
        .header('location', `/v1/orders/${order.id}`)
        .header('etag', tagOfOrder(order));
      return toAnswer(order);
    },
  );

  server.get(
    '/v1/orders',
    {
      ...read,
      config: { operation: operations.listOrders },
      schema: {
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: { 200: orderPage },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const after = decodeCursor(cursorPosition, cursor);
      const rows = await orders.list(callerOf(request).subject, { after, limit });
      const page = pageOf(rows, limit, ({ placedAt, id }) => ({
        placedAt: placedAt.getTime(),
        id,
      }));
      return { ...page, items: page.items.map(toAnswer) };
    },
  );

  server.get(
    '/v1/orders/:id',
    {
      ...readOne,
      config: { operation: operations.getOrder },
      schema: { params: idParams, response: { 200: orderAnswer } },
    },
    async (request, reply) => {
      const order = await orders.get(callerOf(request), request.params.id);
      reply.header('etag', tagOfOrder(order));
      return toAnswer(order);
    },
  );

  server.post(
    '/v1/orders/:id/cancel',
    {
      ...cancel,
      config: { operation: operations.cancelOrder },
      schema: { params: idParams, response: { 200: orderAnswer } },
    },
    async (request, reply) => {
      const order = await orders.cancel(callerOf(request), request.params.id, (current) => {
        checkIfMatch(request, tagOfOrder(current));
      });
      reply.header('etag', tagOfOrder(order));
      return toAnswer(order);
    },
  );
}

function checkIdempotencyKey(key: string | string[] | undefined): string {
  if (key === undefined) throw new Problem(errors['idempotency-key-missing']);
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))
    throw new Problem(errors['idempotency-key-invalid']);
  return key;
}

/** Of an order nothing changes but its state, and it never goes back to one. */
function tagOfOrder(order: Order): string {
  return tagOf(toAnswer(order).state);
}

function toAnswer({ id, progress, lines, totalCents, currency, placedAt }: Order) {
  const state = progress.state === 'awaiting-payment' ? ('placed' as const) : progress.state;
  const reason = progress.state === 'cancelled' ? { reason: progress.reason } : {};
  return { id, state, ...reason, lines, totalCents, currency, placedAt: placedAt.toISOString() };
}
