/** Wires the orders service: routes, the inbox, the relay and the saga's timer around one store. Tests call it too. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { createDataKeys } from '@waymark/envelope/data-keys.ts';
import type { KeyRing } from '@waymark/envelope/key-ring.ts';
import { createRewrapping } from '@waymark/envelope/rewrapping.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import { caughtUp, type EventLog } from '@waymark/messaging/event-log.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { measureOutbox } from '@waymark/messaging/outbox-metrics.ts';
import { createInboxPruning } from '@waymark/messaging/prune-inbox.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { readAtScrape, type Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { createAddresses, createSealing } from './addresses.ts';
import { measureDecisions } from './decision-metrics.ts';
import { handlers, opening } from './inbox.ts';
import { createOrders } from './orders.ts';
import { registerRoutes } from './routes.ts';
import { createStore, type OrdersSchema, type OrdersStore } from './store.ts';

export interface OrdersAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  verifier: TokenVerifier;
  keyRing: KeyRing;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  clock: () => Date;
  newId: () => string;
  deadlineMs: number;
  maxLate: number;
}

const TIMER_MS = 1000;

export function buildApp(deps: OrdersAppDeps): App {
  const { databaseUrl, eventLog, verifier, keyRing: ring, log, metrics, tls } = deps;
  const db = connectDatabase<OrdersSchema>({
    url: databaseUrl,
    applicationName: 'orders',
    metrics,
  });
  const relay = createRelay({ databaseUrl, eventLog, log });
  measureOutbox(metrics, db);
  const store = createStore(db, relay.wake);
  measureUndecided(metrics, store);
  const addresses = createAddresses(createDataKeys(db, ring));
  const orders = createOrders({ ...deps, store, addresses, measure: measureDecisions(metrics) });
  const inbox = createInbox({
    eventLog,
    group: 'orders',
    db,
    handlers,
    open: opening(orders),
    committed: relay.wake,
    log,
    metrics,
  });
  const timer = createLoop({
    name: 'deadlines',
    intervalMs: TIMER_MS,
    log,
    runOnce: orders.keepDeadlines,
  });
  const server = createServer({ log, metrics, isUnavailable, tls });
  registerRoutes(server, orders, verifier);
  const heardPrices = caughtUp(eventLog, 'orders', ['waymark.catalog']);

  return {
    server,
    parts: [
      relay,
      inbox,
      timer,
      createInboxPruning({ ...deps, db }),
      createSealing(store, addresses, log),
      createRewrapping({ db, ring, log }),
    ],
    checks: {
      // Without prices every order would be refused as unknown, so a new replica waits until it has them.
      async prices() {
        if (!(await store.hasPrices())) throw new Error('no prices yet');
        await heardPrices();
      },
    },
    async close() {
      await eventLog.close();
      await db.destroy();
    },
  };
}

function measureUndecided(metrics: Metrics, store: OrdersStore): void {
  readAtScrape(metrics, {
    name: 'orders_undecided',
    help: 'Orders that wait for a decision, counted up to 10000',
    labelNames: ['state'],
    async read() {
      const counts = await store.countUndecided();
      return (['placed', 'awaiting-payment'] as const).map((state) => ({
        labels: { state },
        value: counts.find((count) => count.state === state)?.orders ?? 0,
      }));
    },
  });
}
