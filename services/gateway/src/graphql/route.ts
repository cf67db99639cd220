/** The route of the graph: one address, a token where there is one, and an answer or a stream of them. */
import type { Server } from '@waymark/http/server-type.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Budgets } from './budgets.ts';
import type { Graph } from './graph.ts';

interface Door {
  graph: Graph;
  verifier: TokenVerifier;
  budgets: Budgets;
}

export function registerGraph(server: Server, { graph, verifier, budgets }: Door): void {
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    onRequest: budgets.onArrival,
    async handler(request, reply) {
      const { authorization } = request.headers;
      // Without a token one sees the products; with a wrong one nothing, so that nobody takes an expired one for good.
      const caller = authorization === undefined ? undefined : await verifier.check(authorization);
      const answer = await graph.answer({ request, reply, caller });
      const headers = { ...lowerCased(answer.headers), 'cache-control': 'no-store' };
      if (!isStream(answer))
        return reply
          .code(answer.status)
          .headers(headers)
          .send(await answer.text());
      reply.hijack();
      // Kept alive after its stream, a connection would hold up a drain until it idles out.
      reply.raw.writeHead(answer.status, { ...headers, connection: 'close' });
      await copy(answer, reply);
      return reply;
    },
  });
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** Yoga's headers keep the spelling that it gave them, under which ours would stand beside them. */
function lowerCased(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}

async function copy({ body }: Response, reply: FastifyReply): Promise<void> {
  if (body === null) return;
  // A client that leaves is how most streams end, and no error.
  await pipeline(Readable.from(body), reply.raw).catch(() => undefined);
}
