/** HTTP of the gateway: every line of the routing table becomes a route with its limit and its token check. */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { checkScopes } from '@waymark/tokens/policy.ts';
import { authenticate } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyRequest } from 'fastify';
import type { Forwarder } from './forward.ts';
import type { createRateLimits } from './rate-limits.ts';
import type { createReplayGuard } from './replays.ts';
import { isPlain, routes } from './routing.ts';
import type { createVersionUsage } from './version-usage.ts';

interface Gate {
  forwarder: Forwarder;
  verifier: TokenVerifier;
  limit: ReturnType<typeof createRateLimits>;
  refuseReplays: ReturnType<typeof createReplayGuard>;
  usage: ReturnType<typeof createVersionUsage>;
}

export function registerRoutes(server: Server, gate: Gate): void {
  const { forwarder, verifier, limit, refuseReplays, usage } = gate;
  // Bodies stay bytes, whatever they are: the service behind judges them, and parsing them twice costs twice.
  // They are taken whole, not streamed, so that one larger than the server's limit never reaches a service.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });

  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.path,
      // Before the body is read: a caller who is refused costs us its headers only.
      onRequest: [
        ...limit(route),
        ...(route.scopes.length === 0 ? [] : [admit(verifier, route.scopes), refuseReplays]),
      ],
      onResponse: usage.hooksOf(route),
      handler(request, reply) {
        if (!isPlain(request.raw.url ?? '')) throw new Problem(httpErrors['not-found']);
        return forwarder.forward(request, reply, route);
      },
    });
  }
}

/** Whose object it is, the service behind knows. */
function admit(verifier: TokenVerifier, scopes: readonly string[]) {
  return async (request: FastifyRequest): Promise<void> => {
    checkScopes(await authenticate(verifier, request), scopes);
  };
}
