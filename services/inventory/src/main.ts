/** The process of the inventory service. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('inventory', settings, ({ log, metrics, tls }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    eventLog: openEventLog({ url: settings.EVENT_LOG_URL, client: 'inventory', log }),
    verifier: verifierFrom(settings, tls),
    log,
    metrics,
    tls,
    clock: () => new Date(),
    initialStock: settings.INITIAL_STOCK,
  }),
);
