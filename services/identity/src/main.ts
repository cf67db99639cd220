/** The process of the identity service. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { buildApp } from './app.ts';
import { parseClients } from './clients.ts';
import { config } from './config.ts';

const settings = config();

await runService('identity', settings, ({ log }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    issuer: settings.ISSUER,
    audience: settings.AUDIENCE,
    clients: parseClients(settings.CLIENTS),
    log,
    clock: () => new Date(),
  }),
);
