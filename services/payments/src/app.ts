/** Wires the payments service: the inbox, the worker and the relay around one store. Tests call it too. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createHttpClient } from '@waymark/http/client.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { EventLog } from '@waymark/messaging/event-log.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { measureOutbox } from '@waymark/messaging/outbox-metrics.ts';
import { createInboxPruning } from '@waymark/messaging/prune-inbox.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { readAtScrape, type Metrics } from '@waymark/telemetry/metrics.ts';
import { handlers, open } from './inbox.ts';
import { createProcessor } from './processor.ts';
import { createStore, type PaymentsSchema, type PaymentsStore } from './store.ts';
import { createWorker } from './worker.ts';

export interface PaymentsAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  clock: () => Date;
  psp: { url: string; apiKey: string; timeoutMs: number };
}

export function buildApp(deps: PaymentsAppDeps): App {
  const { databaseUrl, eventLog, log, metrics, tls, psp } = deps;
  const db = connectDatabase<PaymentsSchema>({
    url: databaseUrl,
    applicationName: 'payments',
    metrics,
  });
  const relay = createRelay({ databaseUrl, eventLog, log });
  measureOutbox(metrics, db);
  const store = createStore(db);
  measurePending(metrics, store);
  const http = createHttpClient({ baseUrl: psp.url, timeoutMs: psp.timeoutMs, tls });
  const processor = createProcessor({ http, apiKey: psp.apiKey });
  const worker = createWorker({ store, processor, log, committed: relay.wake });
  const inbox = createInbox({
    eventLog,
    group: 'payments',
    db,
    handlers,
    open,
    committed: worker.wake,
    log,
    metrics,
  });

  return {
    // It speaks events alone; the server gives it the same life as the others, and 404 to whoever calls.
    server: createServer({ log, metrics, isUnavailable, tls }),
    parts: [relay, worker, inbox, createInboxPruning({ ...deps, db })],
    checks: { database: store.check, 'event log': eventLog.check },
    async close() {
      await http.close();
      await eventLog.close();
      await db.destroy();
    },
  };
}

/** Attempts that grow while nothing gets done say that the card processor is away. */
function measurePending(metrics: Metrics, store: PaymentsStore): void {
  readAtScrape(metrics, {
    name: 'payments_pending',
    help: 'Payments that call for work, counted up to 10000',
    labelNames: ['state'],
    read: async () =>
      (await store.countPending()).map(({ state, payments }) => ({
        labels: { state },
        value: payments,
      })),
  });
  readAtScrape(metrics, {
    name: 'payments_pending_attempts',
    help: 'The most attempts that any of them has had',
    labelNames: ['state'],
    read: async () =>
      (await store.countPending()).map(({ state, attempts }) => ({
        labels: { state },
        value: attempts,
      })),
  });
}
