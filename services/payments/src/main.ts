/** The process of the payments service. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('payments', settings, ({ log, metrics, tls }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    eventLog: openEventLog({ url: settings.EVENT_LOG_URL, client: 'payments', log }),
    log,
    metrics,
    tls,
    clock: () => new Date(),
    psp: {
      url: settings.PSP_URL,
      apiKey: settings.PSP_API_KEY,
      timeoutMs: settings.PSP_TIMEOUT_MS,
    },
  }),
);
