/** How long callers may keep a connection. */
import type { Socket } from 'node:net';
import type { Server } from './server-type.ts';

/**
 * A kept connection leads to one replica for as long as it lives, and a replica that is new would get nothing to do. So
 * each ends with the first answer after some time between half of `lifeMs` and all of it: connections that were opened
 * together, by a burst, are not all opened anew together.
 */
export function endOldConnections(server: Server, lifeMs: number): void {
  const oldAt = new WeakMap<Socket, number>();
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const now = performance.now();
    const old = oldAt.get(socket);
    if (old === undefined) oldAt.set(socket, now + lifeMs * (0.5 + Math.random() / 2));
    // On Node's own response, because a proxied answer goes past Fastify's.
    else if (now >= old) reply.raw.setHeader('connection', 'close');
    done();
  });
}
