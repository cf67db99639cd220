/** Wires the payments service: the inbox, the worker and the relay around one store. Tests call it too. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createHttpClient } from '@waymark/http/client.ts';
import { createServer } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { EventLog } from '@waymark/messaging/event-log.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { handlers } from './inbox.ts';
import { createPayments } from './payments.ts';
import { createProcessor } from './processor.ts';
import { createStore, type PaymentsSchema } from './store.ts';
import { createWorker } from './worker.ts';

export interface PaymentsAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  log: Log;
  psp: { url: string; apiKey: string; timeoutMs: number };
}

export function buildApp({ databaseUrl, eventLog, log, psp }: PaymentsAppDeps): App {
  const db = connectDatabase<PaymentsSchema>({ url: databaseUrl, applicationName: 'payments' });
  const relay = createRelay({ databaseUrl, eventLog, log });
  const store = createStore(db);
  const payments = createPayments({ store });
  const http = createHttpClient({ baseUrl: psp.url, timeoutMs: psp.timeoutMs });
  const processor = createProcessor({ http, apiKey: psp.apiKey });
  const worker = createWorker({ store, payments, processor, log, committed: relay.wake });
  const inbox = createInbox({
    eventLog,
    group: 'payments',
    db,
    handlers: handlers(payments),
    committed: worker.wake,
    log,
  });

  return {
    // It speaks events alone; the server gives it the same life as the others, and 404 to whoever calls.
    server: createServer({ log, isUnavailable }),
    parts: [relay, worker, inbox],
    checks: { database: store.check, 'event log': eventLog.check },
    async close() {
      await http.close();
      await eventLog.close();
      await db.destroy();
    },
  };
}
