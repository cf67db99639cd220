/** HTTP of webhooks: schema in, use case, status out. */
import { checkIfMatch, tagOf } from '@waymark/http/conditional.ts';
import { decodeCursor, pageQuery } from '@waymark/http/page.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { callerOf, requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import { operations } from './operations.ts';
import { policy } from './policy.ts';
import {
  changeBody,
  deliveryAnswer,
  deliveryPage,
  registerBody,
  registeredAnswer,
  toAnswer,
  toDeliveryAnswer,
  toPage,
  webhookAnswer,
  webhookPage,
} from './webhook-answers.ts';
import type { Webhooks } from './webhooks.ts';

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
  const read = { onRequest: requireScope(verifier, policy.readWebhooks) };
  const write = { onRequest: requireScope(verifier, policy.changeWebhooks) };

  server.post(
    '/v1/webhooks',
    {
      ...write,
      config: { operation: operations.registerWebhook },
      schema: { body: registerBody, response: { 201: registeredAnswer } },
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

  registerChanges(server, webhooks, write);
  registerDeliveries(server, webhooks, { read, write });
}

type Access = Record<'read' | 'write', { onRequest: ReturnType<typeof requireScope> }>;

function registerChanges(server: Server, webhooks: Webhooks, write: Access['write']): void {
  server.patch(
    '/v1/webhooks/:id',
    {
      ...write,
      config: { operation: operations.changeWebhook },
      schema: { params, body: changeBody, response: { 200: webhookAnswer } },
    },
    async (request, reply) => {
      const { subject: partnerId } = callerOf(request);
      const asked = { partnerId, id: request.params.id, change: request.body };
      const webhook = await webhooks.change(asked, ({ version }) => {
        checkIfMatch(request, tagOf(version));
      });
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
}

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
