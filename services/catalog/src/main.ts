/** The process of the catalog service. */
import { waitForDatabase } from '@waymark/database/wait-for-database.ts';
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { openKeyValue } from '@waymark/storage/open.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { buildApp } from './app.ts';
import { config } from './config.ts';
import { readSeed } from './seed.ts';

const settings = config();

await runService('catalog', settings, async ({ log, metrics, tls }) => {
  await waitForDatabase({ url: settings.DATABASE_URL, log });
  return buildApp({
    databaseUrl: settings.DATABASE_URL,
    eventLog: openEventLog({ url: settings.EVENT_LOG_URL, client: 'catalog', log }),
    keyValue: openKeyValue({ url: settings.KEY_VALUE_URL, client: 'catalog', log }),
    verifier: verifierFrom(settings, tls),
    log,
    metrics,
    tls,
    seed: await readSeed(new URL('../seed/products.json', import.meta.url)),
  });
});
