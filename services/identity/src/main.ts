/** The process of the identity service. */
import { waitForDatabase } from '@waymark/database/wait-for-database.ts';
import { openKeyRing } from '@waymark/envelope/key-ring.ts';
import { runService } from '@waymark/lifecycle/run-service.ts';
import { buildApp } from './app.ts';
import { parseClients } from './clients.ts';
import { config } from './config.ts';
import { parsePeople } from './people.ts';

const settings = config();

await runService('identity', settings, async ({ log, metrics, tls }) => {
  await waitForDatabase({ url: settings.DATABASE_URL, log });
  return buildApp({
    databaseUrl: settings.DATABASE_URL,
    issuer: settings.ISSUER,
    audience: settings.AUDIENCE,
    clients: parseClients(settings.CLIENTS),
    people: parsePeople(settings.PEOPLE),
    keyRing: await openKeyRing(settings.KEY_ENCRYPTION_KEYS_FILE),
    blindIndexKey: settings.BLIND_INDEX_KEY,
    log,
    metrics,
    tls,
    clock: () => new Date(),
    // rotate_signing_key is told to wait for three times that: commands/keys.ts.
    keysIntervalMs: 5000,
  });
});
