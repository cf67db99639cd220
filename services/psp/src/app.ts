/** Wires the card processor. It knows nothing of the platform: no events, no tokens of ours. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { createPruning } from '@waymark/database/prune.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { KEY_MS } from './hold.ts';
import { createProcessor } from './processor.ts';
import { registerRoutes, type RouteOptions } from './routes.ts';
import { createStore, type PspSchema } from './store.ts';

export interface PspAppDeps extends RouteOptions {
  databaseUrl: string;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  clock: () => Date;
  newId: () => string;
}

export function buildApp(deps: PspAppDeps): App {
  const { databaseUrl, log, metrics, tls, clock } = deps;
  const db = connectDatabase<PspSchema>({ url: databaseUrl, applicationName: 'psp', metrics });
  const store = createStore(db);
  const server = createServer({ log, metrics, isUnavailable, tls });
  registerRoutes(server, createProcessor({ ...deps, store }), deps);
  const pruning = createPruning({
    name: 'idempotency keys',
    keptMs: KEY_MS,
    deleteOlder: store.forgetKeys,
    clock,
    log,
  });
  return {
    server,
    parts: [pruning],
    checks: { database: store.check },
    close: () => db.destroy(),
  };
}
