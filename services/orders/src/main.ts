/** The process of the orders service. */
import { openKeyRing } from '@waymark/envelope/key-ring.ts';
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { randomUUID } from 'node:crypto';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('orders', settings, async ({ log, metrics, tls }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    eventLog: openEventLog({ url: settings.EVENT_LOG_URL, client: 'orders', log }),
    verifier: verifierFrom(settings, tls),
    keyRing: await openKeyRing(settings.KEY_ENCRYPTION_KEYS_FILE),
    log,
    metrics,
    tls,
    clock: () => new Date(),
    newId: randomUUID,
    deadlineMs: settings.ORDER_DEADLINE_SECONDS * 1000,
    maxLate: settings.MAX_LATE_ORDERS,
  }),
);
