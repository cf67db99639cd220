/** Wires the gateway: the routing table onto one server, and a pool of connections to each service. Tests call it too. */
import { IDLE_SECONDS } from '@waymark/http/connection-life.ts';
import { createServer } from '@waymark/http/server.ts';
import type { Tls } from '@waymark/http/tls.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { registerDocs, type DocsFiles } from './docs.ts';
import { createForwarder } from './forward.ts';
import { createBudgets } from './graphql/budgets.ts';
import { createGraph } from './graphql/graph.ts';
import type { Persisted } from './graphql/persisted.ts';
import { registerGraph } from './graphql/route.ts';
import { createRateLimits, type RateLimitSettings } from './rate-limits.ts';
import { createReplayGuard } from './replays.ts';
import { registerRoutes } from './routes.ts';
import type { UpstreamName } from './routing.ts';
import { createVersionUsage } from './version-usage.ts';

export interface GatewayAppDeps {
  /** The origin of each service. */
  upstreams: Record<UpstreamName, string>;
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  /** For the calls to the services; the door itself is behind whatever ends TLS for the outside. */
  tls?: Tls | undefined;
  rateLimits: RateLimitSettings;
  trustedProxies: number;
  docs: DocsFiles;
  /** Introspection, and GraphiQL for browsers. */
  graphqlExplorer: boolean;
  /** Those that are known by their hash, and whether there are no others. */
  operations: { persisted: Persisted; only: boolean };
  deadlineMs: number;
  /** For what comes before the deadline starts: the body's arrival, and the issuer's keys where they are not cached. */
  arrivalMs: number;
}

export function buildApp(deps: GatewayAppDeps): App {
  const { upstreams, verifier, log, metrics, rateLimits, trustedProxies } = deps;
  const { deadlineMs, arrivalMs } = deps;
  // The sum, so that a slow service is answered for by the deadline, which can name it and abort the call.
  const server = createServer({
    log,
    metrics,
    handlerTimeoutMs: deadlineMs + arrivalMs,
    idleSeconds: IDLE_SECONDS,
  });
  const forwarder = createForwarder({
    origins: upstreams,
    deadlineMs,
    trustedProxies,
    tls: deps.tls,
  });
  const limit = createRateLimits({ ...rateLimits, verifier, log, metrics, trustedProxies });
  const refuseReplays = createReplayGuard(rateLimits.keyValue, verifier);
  const usage = createVersionUsage({ metrics, verifier });
  registerRoutes(server, { forwarder, verifier, limit, refuseReplays, usage });
  registerDocs(server, deps.docs);
  const budgets = createBudgets(limit);
  const graph = createGraph({ ...deps, budgets });
  registerGraph(server, { graph, verifier, budgets });
  server.addHook('preClose', (done) => {
    forwarder.drain();
    graph.drain();
    done();
  });

  return {
    server,
    parts: [rateLimits.keyValue],
    // None of the services behind: a gateway that is unready because orders is down takes the products away
    // too, and every replica would leave at the same moment. Their absence is a 503 on their own routes only,
    // and without the store requests pass uncounted.
    checks: {},
    async close() {
      await forwarder.close();
      await graph.close();
      await rateLimits.keyValue.close();
    },
  };
}
