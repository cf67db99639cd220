/** The process of the gateway. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { readFile } from 'node:fs/promises';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('gateway', settings, async ({ log, metrics }) =>
  buildApp({
    upstreams: {
      catalog: settings.CATALOG_URL,
      orders: settings.ORDERS_URL,
      inventory: settings.INVENTORY_URL,
      notifications: settings.NOTIFICATIONS_URL,
      identity: settings.IDENTITY_URL,
    },
    verifier: verifierFrom(settings),
    log,
    metrics,
    errorsPage: await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8'),
    deadlineMs: settings.DEADLINE_MS,
    arrivalMs: 5000,
  }),
);
