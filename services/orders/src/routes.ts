/** HTTP of the orders service: schema in, use case, status out. */
import { productId, quantity, text } from '@waymark/contracts/fields.ts';
import { refundReason } from '@waymark/contracts/orders.ts';
import { checkIfMatch, tagOf } from '@waymark/http/conditional.ts';
import { decodeCursor, nextCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { callerOf, requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import { orderAnswer, toAnswer } from './answers.ts';
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
const listQuery = Type.Object(
  {
    ...pageQuery,
    customerId: Type.Optional(
      text(100, { description: 'Whose orders, for the support. Your own where it is left out.' }),
    ),
  },
  { additionalProperties: false },
);
const refundBody = Type.Object(
  { reason: refundReason },
  { additionalProperties: false, title: 'RefundOrder' },
);
const idParams = Type.Object({ id: Type.String({ format: 'uuid' }) });
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function registerRoutes(server: Server, orders: Orders, verifier: TokenVerifier): void {
  // Notifications asks here for a caller who wants to follow the order.
  const readOne = { onRequest: requireScope(verifier, policy.read, { alsoBelow: '/events' }) };

  server.post(
    '/v1/orders',
    {
      onRequest: requireScope(verifier, policy.place),
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
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations.listOrders },
      schema: {
        querystring: listQuery,
        response: { 200: orderPage },
      },
    },
    async (request) => {
      const access = callerOf(request);
      const { limit, cursor, customerId = access.subject } = request.query;
      const after = decodeCursor(cursorPosition, cursor);
      const rows = await orders.list(access, { customerId, after, limit });
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
      onRequest: requireScope(verifier, policy.cancel),
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

  registerRefund(server, orders, verifier);
}

function registerRefund(server: Server, orders: Orders, verifier: TokenVerifier): void {
  server.post(
    '/v1/orders/:id/refund',
    {
      onRequest: requireScope(verifier, policy.refund),
      config: { operation: operations.refundOrder },
      schema: { params: idParams, body: refundBody, response: { 202: orderAnswer } },
    },
    async (request, reply) => {
      const idempotencyKey = checkIdempotencyKey(request.headers['idempotency-key']);
      const { reason } = request.body;
      reply.code(202);
      return toAnswer(
        await orders.refund(callerOf(request), request.params.id, { reason, idempotencyKey }),
      );
    },
  );
}

function checkIdempotencyKey(key: string | string[] | undefined): string {
  if (key === undefined) throw new Problem(errors['idempotency-key-missing']);
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))
    throw new Problem(errors['idempotency-key-invalid']);
  return key;
}

/** Of an order nothing changes but its state and its refund, and neither ever goes back. */
function tagOfOrder(order: Order): string {
  const { state, refund } = toAnswer(order);
  return tagOf(state, ...(refund === undefined ? [] : [refund.state]));
}
