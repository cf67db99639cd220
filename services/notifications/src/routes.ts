/** HTTP of the notifications service: the live steps of one order. */
import { remainingMs } from '@waymark/http/deadline.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { callerOf, requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { errors } from './errors.ts';
import type { Freshness } from './freshness.ts';
import type { Notifications } from './notifications.ts';
import { streamOperation } from './operations.ts';
import { policy } from './policy.ts';
import type { Streams } from './streams.ts';

const params = Type.Object({ id: Type.String({ format: 'uuid' }) });

export interface RouteDeps {
  notifications: Notifications;
  streams: Streams;
  freshness: Freshness;
  verifier: TokenVerifier;
}

export function registerRoutes(server: Server, deps: RouteDeps): void {
  const { notifications, streams, freshness, verifier } = deps;
  server.addHook('preClose', (done) => {
    streams.endAll();
    done();
  });

  server.get(
    '/v1/orders/:id/events',
    {
      onRequest: requireScope(verifier, policy.follow),
      config: { operation: streamOperation },
      schema: { params, response: { 200: Type.String() } },
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      // Capitals are allowed in a UUID (RFC 9562, section 4), but the feed's name has none.
      const id = request.params.id.toLowerCase();
      const { subject, expiresAt } = callerOf(request);
      const after = lastEventId(request);
      await notifications.checkOwner(id, {
        subject,
        credentials: credentialsOf(request),
        timeoutMs: remainingMs(request),
      });
      if (after !== undefined) await notifications.checkResumable(id, after);
      const next = (from: string | undefined, waitMs: number, signal: AbortSignal) =>
        notifications.follow(id, { after: from, waitMs, signal });
      streams.checkRoom(subject);
      reply.hijack();
      await streams.open({
        customerId: subject,
        until: expiresAt,
        response: reply.raw,
        next,
        after,
        sent: freshness.follower(),
      });
    },
  );
}

function credentialsOf({ headers }: FastifyRequest) {
  const { authorization = '', dpop } = headers;
  return typeof dpop === 'string' ? { authorization, dpop } : { authorization };
}

function lastEventId(request: FastifyRequest): string | undefined {
  const id = request.headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  // As the ids of all feeds look; whether this feed gives out such a one, it says itself.
  if (typeof id !== 'string' || !/^\d{1,20}(-\d{1,20})?$/.test(id)) {
    throw new Problem(errors['last-event-id-invalid']);
  }
  return id;
}
