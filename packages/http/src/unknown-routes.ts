/** Answers for addresses and methods that no route takes. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { httpErrors } from './errors.ts';
import { sendProblem } from './problem.ts';
import type { Server } from './server-type.ts';

/** 404 where nothing lives at the address, 405 with Allow (RFC 9110, section 15.5.6) where another method would do. */
export function answerUnknownRoutes(server: Server): void {
  const routes: { methods: string[]; path: RegExp }[] = [];
  server.addHook('onRoute', ({ method, url }) => {
    const path = new RegExp(`^${url.replace(/:[^/]+/g, '[^/]+').replace('*', '.*')}$`);
    routes.push({ methods: [method].flat(), path });
  });
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = routes
      .filter((route) => route.path.test(path))
      .flatMap(({ methods }) => methods);
    if (methods.length === 0) return sendProblem(reply, httpErrors['not-found']);
    reply.header('allow', [...new Set(methods)].join(', '));
    return sendProblem(reply, httpErrors['method-not-allowed']);
  };
  server.setNotFoundHandler(answer);
  // Before the body is looked at: that it is missing or no JSON says nothing where no route would take it.
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404) await answer(request, reply);
  });
}
