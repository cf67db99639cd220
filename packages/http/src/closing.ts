/** What Node and Fastify leave open when a server closes. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Server } from './server-type.ts';

/**
 * Keeps connections from holding up close(): Node closes those that wait between two requests, but neither one
 * whose last answer was kept alive while closing, nor one that was opened ahead and never carried a request.
 */
export function endConnectionsWhenClosing(server: Server): void {
  const unused = new Set<Socket>();
  let closing = false;
  // Under TLS the socket that requests name is there after the handshake.
  const opened = server.server instanceof TlsServer ? 'secureConnection' : 'connection';
  server.server.on(opened, (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', (request: IncomingMessage) => unused.delete(request.socket));
  server.addHook('preClose', (done) => {
    closing = true;
    for (const socket of unused) socket.destroy();
    done();
  });
  server.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
