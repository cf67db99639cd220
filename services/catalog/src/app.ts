/**
 * Wires the catalog service: routes, cache and the relay around one store. Seeding comes first, so that whoever gets
 * an app has one with products; where the database is away there is no app, and the process starts over.
 */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { EventLog } from '@waymark/messaging/event-log.ts';
import { measureOutbox } from '@waymark/messaging/outbox-metrics.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import type { KeyValue } from '@waymark/storage/key-value.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { createAnswers } from './answers.ts';
import { createCache } from './cache.ts';
import { createCatalog } from './catalog.ts';
import type { SeedProduct } from './product.ts';
import { registerRoutes } from './routes.ts';
import { seedCatalog } from './seed.ts';
import { createStore, type CatalogSchema } from './store.ts';

export interface CatalogAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  /** For cached reads; the service works without it too, only slower. */
  keyValue: KeyValue;
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  /** Products that the shop opens with; those that it has already stay as they are. */
  seed: SeedProduct[];
}

export async function buildApp(deps: CatalogAppDeps): Promise<App> {
  const { databaseUrl, eventLog, keyValue, verifier, log, metrics, tls, seed } = deps;
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
  const server = createServer({ log, metrics, isUnavailable, tls });
  const cache = createCache({ keyValue, metrics, log });
  const catalog = createCatalog({ store, changed: cache.changed });
  registerRoutes(server, { catalog, answers: createAnswers(catalog, cache), verifier });

  return {
    server,
    parts: [relay, keyValue],
    checks: { database: store.check },
    async close() {
      await eventLog.close();
      await keyValue.close();
      await db.destroy();
    },
  };
}
