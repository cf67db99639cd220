/** HTTP of webhooks: schema in, use case, status out. */
import { decodeCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { callerOf, requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import type { Delivery, Webhook } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

const body = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    eventTypes: Type.Array(Type.String({ maxLength: 100 }), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
    }),
  },
  { additionalProperties: false },
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

export function registerWebhookRoutes(
  server: Server,
  webhooks: Webhooks,
  verifier: TokenVerifier,
): void {
  const read = { onRequest: requireScope(verifier, 'webhooks:read') };
  const write = { onRequest: requireScope(verifier, 'webhooks:write') };

  server.post('/v1/webhooks', { ...write, schema: { body } }, async (request, reply) => {
    const webhook = await webhooks.register(callerOf(request).subject, request.body);
    reply.code(201).header('location', `/v1/webhooks/${webhook.id}`);
    return { ...toAnswer(webhook), secret: webhook.secret };
  });

  server.get('/v1/webhooks', { ...read, schema: { querystring } }, async (request) => {
    const page = pageRequest(request.query);
    const rows = await webhooks.list(callerOf(request).subject, page);
    return toPage(rows, page.limit, toAnswer);
  });

  server.get('/v1/webhooks/:id', { ...read, schema: { params } }, async (request) =>
    toAnswer(await webhooks.get(callerOf(request).subject, request.params.id)),
  );

  server.delete('/v1/webhooks/:id', { ...write, schema: { params } }, async (request, reply) => {
    await webhooks.remove(callerOf(request).subject, request.params.id);
    return reply.code(204).send();
  });

  server.get(
    '/v1/webhooks/:id/deliveries',
    { ...read, schema: { params, querystring } },
    async (request) => {
      const page = pageRequest(request.query);
      const { subject } = callerOf(request);
      const rows = await webhooks.listDeliveries(subject, request.params.id, page);
      return toPage(rows, page.limit, toDeliveryAnswer);
    },
  );

  server.post(
    '/v1/webhooks/:id/deliveries/:deliveryId/redeliver',
    { ...write, schema: { params: deliveryParams } },
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
