/**
 * Which of the gateway's limits a request to the graph counts against. A field counts as the REST call that it
 * stands for, so asking for ten orders in one request is ten reads, and whoever has used up the writes over REST
 * has none left here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { createRateLimits } from '../rate-limits.ts';
import { PUBLIC, type Route } from '../routing.ts';
import type { GraphContext } from './context.ts';

type Limit = ReturnType<typeof createRateLimits>;

/** Takes one read for the request, before its body is read; throws what is wrong with the token where there is one. */
export function spendOnArrival(limit: Limit) {
  const reads = limit(budget('GET', 'orders:read'));
  const anonymous = limit(budget('GET', PUBLIC));
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const hooks = request.headers.authorization === undefined ? anonymous : reads;
    for (const hook of hooks) await hook(request, reply);
  };
}

/** For one request: its first read is what it paid on arrival. */
export function budgets(
  limit: Limit,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): GraphContext['spend'] {
  const spendRead = spendOnArrival(limit);
  const writes = limit(budget('POST', 'orders:write'));
  let paid = true;
  return async (what) => {
    if (what === 'write') for (const hook of writes) await hook(request, reply);
    else if (paid) paid = false;
    else await spendRead(request, reply);
  };
}

function budget(method: 'GET' | 'POST', scope: string): Route {
  return { method, scope, path: '/graphql', upstream: 'orders', streaming: false };
}
