/** The header Link (RFC 8288), which several parts of the server have something to say in. */
import type { FastifyReply } from 'fastify';

export function addLink(reply: FastifyReply, link: string): void {
  const others = reply.getHeader('link');
  reply.header('link', others === undefined ? link : `${String(others)}, ${link}`);
}
