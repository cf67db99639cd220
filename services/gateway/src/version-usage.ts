/**
 * Counts who still uses which version of the addresses that there are several versions of. Without it a sunset is a
 * guess; with it one knows whom to write to, and when nobody is left. docs/api-evolution.md says how to read it.
 */
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { authenticate } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { routes, type Route } from './routing.ts';

const MAX_CLIENTS = 50;

export function createVersionUsage({
  metrics,
  verifier,
}: {
  metrics: Metrics;
  verifier: TokenVerifier;
}) {
  const uses = new Counter({
    name: 'api_version_requests_total',
    help: 'Requests to addresses that there are in several versions, by client: its id, anonymous or other',
    labelNames: ['version', 'route', 'client'],
    registers: [metrics],
  });
  const known = new Set<string>();

  // #region only-known-clients
  // A label that a caller can choose would make a time series of every text that is sent. So it is the client of a
  // token that is good, which the issuer has registered, also where no token is asked for; and in case that it
  // registers thousands one day, the first fifty.
  async function clientOf(request: FastifyRequest): Promise<string> {
    if (request.headers.authorization === undefined) return 'anonymous';
    const caller = await authenticate(verifier, request).catch(() => undefined);
    if (caller === undefined) return 'anonymous';
    if (known.size < MAX_CLIENTS) known.add(caller.clientId);
    return known.has(caller.clientId) ? caller.clientId : 'other';
  }
  // #endregion

  return {
    /** What to call after each answer of the route. */
    hooksOf(route: Route): ((request: FastifyRequest) => Promise<void>)[] {
      const { version, rest } = split(route);
      const versions = routes.map(split).filter((one) => one.rest === rest);
      if (new Set(versions.map((one) => one.version)).size < 2) return [];
      const label = `${route.method} ${rest}`;
      return [
        async (request) => {
          uses.inc({ version, route: label, client: await clientOf(request) });
        },
      ];
    },
  };
}

function split({ path }: Route) {
  const [, version = '', rest = path] = /^\/(v\d+)(\/.*)$/.exec(path) ?? [];
  return { version, rest };
}
