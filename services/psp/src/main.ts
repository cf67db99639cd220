/** The process of the card processor. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('psp', settings, ({ log, metrics, tls }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    apiKey: settings.PSP_API_KEY,
    slowMs: settings.SLOW_MS,
    wait,
    log,
    metrics,
    tls,
    clock: () => new Date(),
    newId: randomUUID,
  }),
);
