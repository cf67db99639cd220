/** Wires the inventory service: routes, the inbox and the relay around one store. Tests call it too. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import { caughtUp, type EventLog } from '@waymark/messaging/event-log.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { measureOutbox } from '@waymark/messaging/outbox-metrics.ts';
import { createInboxPruning } from '@waymark/messaging/prune-inbox.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { handlers, opening } from './inbox.ts';
import { createInventory } from './inventory.ts';
import { registerRoutes } from './routes.ts';
import { createStore, type InventorySchema } from './store.ts';

export interface InventoryAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  clock: () => Date;
  initialStock: number;
}

export function buildApp(deps: InventoryAppDeps): App {
  const { databaseUrl, eventLog, verifier, log, metrics, tls, initialStock } = deps;
  const db = connectDatabase<InventorySchema>({
    url: databaseUrl,
    applicationName: 'inventory',
    metrics,
  });
  const relay = createRelay({ databaseUrl, eventLog, log });
  measureOutbox(metrics, db);
  const store = createStore(db);
  const inventory = createInventory({ store, initialStock });
  const inbox = createInbox({
    eventLog,
    group: 'inventory',
    db,
    handlers,
    open: opening(inventory),
    committed: relay.wake,
    log,
    metrics,
  });
  const server = createServer({ log, metrics, isUnavailable, tls });
  registerRoutes(server, inventory, verifier);
  const heardCatalog = caughtUp(eventLog, 'inventory', ['waymark.catalog']);

  return {
    server,
    parts: [relay, inbox, createInboxPruning({ ...deps, db })],
    checks: {
      // An order for a product that was not heard of yet would be turned away as out of stock.
      async products() {
        if (!(await store.hasStock())) throw new Error('no products yet');
        await heardCatalog();
      },
    },
    async close() {
      await eventLog.close();
      await db.destroy();
    },
  };
}
