/** The process of the gateway. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openKeyValue } from '@waymark/storage/open.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { buildApp } from './app.ts';
import { config } from './config.ts';
import { readDocsFiles } from './docs.ts';
import { readPersisted } from './graphql/persisted.ts';
import { limits } from './limits.ts';

const settings = config();

await runService('gateway', settings, async ({ log, metrics, tls }) =>
  buildApp({
    upstreams: {
      catalog: settings.CATALOG_URL,
      orders: settings.ORDERS_URL,
      inventory: settings.INVENTORY_URL,
      notifications: settings.NOTIFICATIONS_URL,
      identity: settings.IDENTITY_URL,
    },
    verifier: verifierFrom(settings, tls),
    log,
    metrics,
    tls,
    rateLimits: {
      limits,
      keyValue: openKeyValue({ url: settings.KEY_VALUE_URL, client: 'gateway', log }),
      scale: settings.RATE_LIMIT_SCALE,
      // Far longer than it takes while all is well, and not felt where it is not.
      waitMs: 50,
    },
    trustedProxies: settings.TRUSTED_PROXIES,
    docs: await readDocsFiles(),
    graphqlExplorer: settings.GRAPHQL_EXPLORER === 'true',
    operations: {
      persisted: await readPersisted(),
      only: settings.GRAPHQL_ONLY_PERSISTED === 'true',
    },
    deadlineMs: settings.DEADLINE_MS,
    arrivalMs: 5000,
  }),
);
