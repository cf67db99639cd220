/** HTTP of webhooks: schema in, use case, status out. */
import { time } from '@waymark/contracts/fields.ts';
import { checkIfMatch, tagOf } from '@waymark/http/conditional.ts';
import { decodeCursor, nextCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { callerOf, requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import { operations } from './operations.ts';
import { policy } from './policy.ts';
import type { Delivery, Webhook } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

const body = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'https, on a public address, without user name or fragment.',
    }),
    eventTypes: Type.Array(Type.String({ maxLength: 100 }), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      description: 'Of `order-placed`, `order-confirmed` and `order-cancelled`.',
    }),
  },
  { additionalProperties: false, title: 'RegisterWebhook' },
);
const id = Type.String({ format: 'uuid' });
const params = Type.Object({ id });
const deliveryParams = Type.Object({ id, deliveryId: id });
const querystring = Type.Object(pageQuery, { additionalProperties: false });
/** The time in milliseconds: a number has no spelling that JavaScript takes and PostgreSQL does not. */
const cursorPosition = Type.Object(
  { createdAt: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }), id },
  { additionalProperties: false },
);

const webhookFields = {
  id,
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  createdAt: time,
  disabledAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Since when nothing is delivered to it, because its address answered 410.',
    }),
  ),
};
const webhookAnswer = Type.Object(webhookFields, { title: 'Webhook' });
const registeredAnswer = Type.Object(
  {
    ...webhookFields,
    secret: Type.String({ description: 'What deliveries are signed with. It is not shown again.' }),
  },
  { title: 'RegisteredWebhook' },
);
const webhookPage = Type.Object(
  { items: Type.Array(webhookAnswer), nextCursor },
  { title: 'WebhookPage' },
);
const deliveryAnswer = Type.Object(
  {
    id,
    eventType: Type.String(),
    state: Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('failed')]),
    attempts: Type.Integer(),
    lastStatus: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Of the last attempt; null where it got no answer.',
    }),
    nextAttemptAt: Type.Union([time, Type.Null()]),
    createdAt: time,
  },
  { title: 'Delivery' },
);
const deliveryPage = Type.Object(
  { items: Type.Array(deliveryAnswer), nextCursor },
  { title: 'DeliveryPage' },
);

export function registerWebhookRoutes(
  server: Server,
  webhooks: Webhooks,
  verifier: TokenVerifier,
): void {
  const read = { onRequest: requireScope(verifier, policy.readWebhooks) };
  const write = { onRequest: requireScope(verifier, policy.changeWebhooks) };

  server.post(
    '/v1/webhooks',
    {
      ...write,
      config: { operation: operations.registerWebhook },
      schema: { body, response: { 201: registeredAnswer } },
    },
    async (request, reply) => {
      const webhook = await webhooks.register(callerOf(request).subject, request.body);
      reply.code(201).header('location', `/v1/webhooks/${webhook.id}`);
      reply.header('etag', tagOf(webhook.version));
      return { ...toAnswer(webhook), secret: webhook.secret };
    },
  );

  server.get(
    '/v1/webhooks',
    {
      ...read,
      config: { operation: operations.listWebhooks },
      schema: { querystring, response: { 200: webhookPage } },
    },
    async (request) => {
      const page = pageRequest(request.query);
      const rows = await webhooks.list(callerOf(request).subject, page);
      return toPage(rows, page.limit, toAnswer);
    },
  );

  server.get(
    '/v1/webhooks/:id',
    {
      ...read,
      config: { operation: operations.getWebhook },
      schema: { params, response: { 200: webhookAnswer } },
    },
    async (request, reply) => {
      const webhook = await webhooks.get(callerOf(request).subject, request.params.id);
      reply.header('etag', tagOf(webhook.version));
      return toAnswer(webhook);
    },
  );

  server.delete(
    '/v1/webhooks/:id',
    {
      ...write,
      config: { operation: operations.deleteWebhook },
      schema: { params, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { subject } = callerOf(request);
      await webhooks.remove(subject, request.params.id, ({ version }) => {
        checkIfMatch(request, tagOf(version));
      });
      return reply.code(204).send(null);
    },
  );

  registerDeliveries(server, webhooks, { read, write });
}

type Access = Record<'read' | 'write', { onRequest: ReturnType<typeof requireScope> }>;

function registerDeliveries(server: Server, webhooks: Webhooks, { read, write }: Access): void {
  server.get(
    '/v1/webhooks/:id/deliveries',
    {
      ...read,
      config: { operation: operations.listDeliveries },
      schema: { params, querystring, response: { 200: deliveryPage } },
    },
    async (request) => {
      const page = pageRequest(request.query);
      const { subject } = callerOf(request);
      const rows = await webhooks.listDeliveries(subject, request.params.id, page);
      return toPage(rows, page.limit, toDeliveryAnswer);
    },
  );

  server.post(
    '/v1/webhooks/:id/deliveries/:deliveryId/redeliver',
    {
      ...write,
      config: { operation: operations.redeliver },
      schema: { params: deliveryParams, response: { 202: deliveryAnswer } },
    },
    async (request, reply) => {
      const { id: webhookId, deliveryId } = request.params;
      const { subject } = callerOf(request);
      reply.code(202);
      return toDeliveryAnswer(await webhooks.redeliver(subject, webhookId, deliveryId));
    },
  );
}

function pageRequest({ limit, cursor }: { limit: number; cursor?: string }) {
  return { limit, after: decodeCursor(cursorPosition, cursor) };
}

function toPage<Item extends { id: string; createdAt: Date }, Answer>(
  rows: Item[],
  limit: number,
  answer: (item: Item) => Answer,
) {
  const page = pageOf(rows, limit, (item) => ({
    createdAt: item.createdAt.getTime(),
    id: item.id,
  }));
  return { ...page, items: page.items.map(answer) };
}

function toAnswer({ id: webhookId, url, eventTypes, createdAt, disabledAt }: Webhook) {
  const disabled = disabledAt === null ? {} : { disabledAt: disabledAt.toISOString() };
  return { id: webhookId, url, eventTypes, createdAt: createdAt.toISOString(), ...disabled };
}

function toDeliveryAnswer({ nextAttemptAt, createdAt, ...delivery }: Delivery) {
  return {
    ...delivery,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
