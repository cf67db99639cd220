/** How long callers may keep a connection. */
import type { Socket } from 'node:net';
import type { Server } from './server-type.ts';

/** So short that new replicas get their share within seconds, so long that handshakes cost next to nothing. */
export const CONNECTION_MS = 15_000;
/** For callers that may not repeat what breaks. */
export const IDLE_SECONDS = 4;

/**
 * A kept connection leads to one replica for as long as it lives, and a replica that is new would get nothing to do. So
 * each ends with the first answer after some time between half of `lifeMs` and all of it: connections that were opened
 * together, by a burst, are not all opened anew together. Where `idleSeconds` is given, callers are told to close one
 * themselves that they have not used for so long: then none is left on which a request could cross with the end of a
 * server whose name leads elsewhere for longer than the sum of both.
 */
export function limitConnections(
  server: Server,
  { lifeMs, idleSeconds }: { lifeMs: number; idleSeconds?: number | undefined },
): void {
  const oldAt = new WeakMap<Socket, number>();
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const now = performance.now();
    const old = oldAt.get(socket) ?? now + lifeMs * (0.5 + Math.random() / 2);
    oldAt.set(socket, old);
    // On Node's own response, because a proxied answer goes past Fastify's.
    if (now >= old) reply.raw.setHeader('connection', 'close');
    else if (idleSeconds !== undefined) {
      reply.raw.setHeader('keep-alive', `timeout=${String(idleSeconds)}`);
    }
    done();
  });
}
