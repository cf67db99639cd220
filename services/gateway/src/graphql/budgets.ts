/**
 * Which of the gateway's limits a request to the graph counts against. A field counts as the REST call that it
 * stands for, so asking for ten orders in one request is ten reads, and whoever has used up the writes over REST
 * has none left here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { createRateLimits } from '../rate-limits.ts';
import type { Route } from '../routing.ts';
import type { GraphContext } from './context.ts';

export type Budgets = ReturnType<typeof createBudgets>;

export function createBudgets(limit: ReturnType<typeof createRateLimits>) {
  const reads = limit(budget('GET', ['orders:read']));
  const writes = limit(budget('POST', ['orders:write']));
  const anonymous = limit(budget('GET', []));

  async function spendRead(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const hooks = request.headers.authorization === undefined ? anonymous : reads;
    for (const hook of hooks) await hook(request, reply);
  }

  return {
    /** Takes one read, before the body is read; throws what is wrong with the token where there is one. */
    onArrival: spendRead,

    /** For one request: its first read is what it paid on arrival. */
    of(request: FastifyRequest, reply: FastifyReply): GraphContext['spend'] {
      let paid = true;
      return async (what) => {
        if (what === 'write') for (const hook of writes) await hook(request, reply);
        else if (paid) paid = false;
        else await spendRead(request, reply);
      };
    },
  };
}

function budget(method: 'GET' | 'POST', scopes: string[]): Route {
  return { method, scopes, path: '/graphql', upstream: 'orders', streaming: false, keyed: false };
}
