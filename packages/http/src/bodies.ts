/** Request bodies: JSON, and on routes that say so JSON Merge Patch (RFC 7396), which is JSON under a name of its own. */
import type { FastifyRequest } from 'fastify';
import { httpErrors } from './errors.ts';
import { parseJson } from './json.ts';
import { Problem } from './problem.ts';
import type { Server } from './server-type.ts';

const JSON_TYPE = 'application/json';
export const MERGE_PATCH = 'application/merge-patch+json';

export function parseBodies(server: Server): void {
  server.removeContentTypeParser(['text/plain', JSON_TYPE]);
  // Bytes that are no UTF-8 are refused, where decoding them leniently would store another name than was sent.
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  for (const type of [JSON_TYPE, MERGE_PATCH]) {
    server.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
      const accepted = acceptedBy(request);
      if (!accepted.includes(type)) {
        done(new Problem(httpErrors['unsupported-media-type'], undefined, { accepted }));
        return;
      }
      try {
        done(null, parseJson(utf8.decode(body)));
      } catch {
        done(new Problem(httpErrors['malformed-json']));
      }
    });
  }
}

function acceptedBy({ routeOptions }: FastifyRequest): readonly string[] {
  return [routeOptions.config.operation?.consumes ?? JSON_TYPE].flat();
}
