/**
 * Conditional requests (RFC 9110, section 13): what is read has an ETag, who has it already is told 304, and a change
 * with If-Match is made only to what the client has seen. Which change must have one: docs/decisions/0015.
 */
import type { FastifyRequest } from 'fastify';
import { httpErrors } from './errors.ts';
import { Problem } from './problem.ts';
import type { Server } from './server-type.ts';

/** Goes by what a route says in `config.operation`, and by the header `etag` that its handler sets. */
export function answerConditions(server: Server): void {
  server.addHook('preHandler', (request, _reply, done) => {
    const { ifMatch } = request.routeOptions.config.operation ?? {};
    const isMissing = ifMatch === 'required' && request.headers['if-match'] === undefined;
    done(isMissing ? new Problem(httpErrors['precondition-required']) : undefined);
  });
  server.addHook('onSend', async (request, reply, payload) => {
    const { method, headers } = request;
    const tag = reply.getHeader('etag');
    if (reply.statusCode !== 200 || typeof tag !== 'string') return payload;
    if (method !== 'GET' && method !== 'HEAD') return payload;
    // Kept, but asked about each time: a tag tells for the price of a few bytes whether it is still true.
    const whose = headers.authorization === undefined ? '' : 'private, ';
    reply.header('cache-control', `${whose}no-cache`);
    if (!isKnown(headers['if-none-match'], tag)) return payload;
    reply.code(304).removeHeader('content-type');
    // Of a HEAD the body is measured and dropped after this.
    return method === 'HEAD' ? payload : null;
  });
}

/** A strong tag: it changes with whatever of these the representation shows. */
export function tagOf(...parts: (string | number)[]): string {
  return `"${parts.join('-')}"`;
}

// #region checked-where-it-is-changed
/**
 * Throws `precondition-failed` where an If-Match does not name the tag. Call it with the row locked that is about to
 * be changed: checked any earlier, two writers could both find the tag that they know, and the second would
 * overwrite the first all the same.
 */
export function checkIfMatch({ headers }: FastifyRequest, tag: string): void {
  const asked = headers['if-match'];
  if (asked === undefined || asked.trim() === '*' || tagsIn(asked).includes(tag)) return;
  throw new Problem(httpErrors['precondition-failed']);
}
// #endregion

/** The weak comparison of RFC 9110, section 8.8.3.2: If-Match wants the strong one, so there `W/` never fits. */
function isKnown(asked: string | undefined, tag: string): boolean {
  if (asked === undefined) return false;
  const opaque = (one: string) => one.replace(/^W\//, '');
  return asked.trim() === '*' || tagsIn(asked).map(opaque).includes(opaque(tag));
}

function tagsIn(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}
