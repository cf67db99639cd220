/**
 * Wires the catalog service: routes and the relay around one store. Seeding comes first, so that whoever gets
 * an app has one with products; where the database is away there is no app, and the process starts over.
 */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createServer } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { EventLog } from '@waymark/messaging/event-log.ts';
import { measureOutbox } from '@waymark/messaging/outbox-metrics.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { createCatalog } from './catalog.ts';
import type { SeedProduct } from './product.ts';
import { registerRoutes } from './routes.ts';
import { seedCatalog } from './seed.ts';
import { createStore, type CatalogSchema } from './store.ts';

export interface CatalogAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  /** Products that the shop opens with; those that it has already stay as they are. */
  seed: SeedProduct[];
}

export async function buildApp(deps: CatalogAppDeps): Promise<App> {
  const { databaseUrl, eventLog, verifier, log, metrics, seed } = deps;
  const db = connectDatabase<CatalogSchema>({
    url: databaseUrl,
    applicationName: 'catalog',
    metrics,
  });
  const relay = createRelay({ databaseUrl, eventLog, log });
  measureOutbox(metrics, db);
  const store = createStore(db, relay.wake);
  const added = await seedCatalog(store, seed);
  log.info({ added }, 'seeded');
  const server = createServer({ log, metrics, isUnavailable });
  registerRoutes(server, createCatalog(store), verifier);

  return {
    server,
    parts: [relay],
    checks: { database: store.check },
    async close() {
      await eventLog.close();
      await db.destroy();
    },
  };
}
