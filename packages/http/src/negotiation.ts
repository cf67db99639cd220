/**
 * What comes back in which form: 406 where the client takes nothing that the route has (RFC 9110, section 12.5.1),
 * and on cursor pages a Link to the next one (RFC 8288), so that a client can follow pages without knowing how
 * they are made. Both go by what the route says of itself.
 */
import type { FastifyRequest } from 'fastify';
import { httpErrors } from './errors.ts';
import { addLink } from './link.ts';
import { Problem } from './problem.ts';
import type { Server } from './server-type.ts';

export function negotiate(server: Server): void {
  // Behind the check of the token: who may not ask is told that first.
  server.addHook('preValidation', (request, _reply, done) => {
    const { accept = '' } = request.headers;
    const available = mediaTypeOf(request);
    if (accept === '' || available === undefined || accepts(accept, available)) done();
    else done(new Problem(httpErrors['not-acceptable'], undefined, { available }));
  });
  server.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload === 'string' && reply.statusCode === 200 && hasPages(request)) {
      // #region cursor-at-the-end
      // The cursor is the last field of a page, so its place is known without parsing what was just serialised;
      // the catalog sends text that it had ready. Of base64url nothing needs an escape, in JSON or in a query.
      const cursor = /"nextCursor":"([\w-]+)"\}$/.exec(payload.slice(-1024))?.[1];
      // #endregion
      if (cursor !== undefined) addLink(reply, linkTo(request.url, cursor));
    }
    return payload;
  });
}

/** Undefined where the route does not say. */
function mediaTypeOf({ routeOptions: { config, schema } }: FastifyRequest): string | undefined {
  return config.operation?.produces ?? (schema?.response === undefined ? undefined : JSON_TYPE);
}

const JSON_TYPE = 'application/json';

/** Whether a range with a weight above 0 covers the type; the most precise range that does decides. */
function accepts(accept: string, type: string): boolean {
  const [family = ''] = type.split('/', 1);
  const weights = new Map(accept.split(',').map(readRange));
  const weight = weights.get(type) ?? weights.get(`${family}/*`) ?? weights.get('*/*') ?? 0;
  return weight > 0;
}

function readRange(text: string): [range: string, weight: number] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [range, weight === undefined ? 1 : Number(weight)];
}

interface Paged {
  response?: { 200?: { properties?: { nextCursor?: unknown } } };
}

function hasPages({ routeOptions: { schema } }: FastifyRequest): boolean {
  return (schema as Paged | undefined)?.response?.[200]?.properties?.nextCursor !== undefined;
}

/** Relative to the address that was asked, with all else of its query as it was. */
function linkTo(url: string, cursor: string): string {
  const start = url.indexOf('?') + 1;
  const path = start === 0 ? url : url.slice(0, start - 1);
  const rest = start === 0 ? [] : url.slice(start).split('&');
  const query = [...rest.filter((part) => !/^(cursor=|$)/.test(part)), `cursor=${cursor}`];
  return `<${path}?${query.join('&').replaceAll('>', '%3E')}>; rel="next"`;
}
