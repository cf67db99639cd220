/**
 * Tells with every answer of a route that is to go: since when it is deprecated (RFC 9745), when it goes (RFC 8594),
 * what takes its place, and where that is explained. Programs can log it; nobody has to read a newsletter.
 */
import { addLink } from './link.ts';
import type { Server } from './server-type.ts';

export interface Deprecation {
  since: Date;
  /** When it may be gone, no sooner. */
  sunset: Date;
  /** What stands in place of the version at the front of the path, such as `/v2`. */
  successor: string;
}

/** Served by the gateway. */
const EXPLAINED = '/docs/api-evolution';

export function tellOfDeprecation(server: Server): void {
  server.addHook('onSend', async (request, reply, payload) => {
    const { deprecation } = request.routeOptions.config.operation ?? {};
    if (deprecation === undefined) return payload;
    const { since, sunset, successor } = deprecation;
    const [path = ''] = request.url.split('?', 1);
    reply.header('deprecation', `@${String(since.getTime() / 1000)}`);
    reply.header('sunset', sunset.toUTCString());
    addLink(reply, `<${EXPLAINED}>; rel="deprecation"; type="text/markdown"`);
    addLink(reply, `<${path.replace(/^\/v\d+/, successor)}>; rel="successor-version"`);
    return payload;
  });
}
