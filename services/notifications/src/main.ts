/** The process of the notifications service. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openEventLog, openFeed } from '@waymark/messaging/open.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('notifications', settings, ({ log, metrics }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    eventLog: openEventLog({ url: settings.EVENT_LOG_URL, client: 'notifications', log }),
    feed: openFeed({ url: settings.FEED_URL, client: 'notifications', log }),
    ordersUrl: settings.ORDERS_URL,
    verifier: verifierFrom(settings),
    log,
    metrics,
  }),
);
