/** The process of the notifications service. */
import { runService } from '@waymark/lifecycle/run-service.ts';
import { openEventLog, openFeed, openWorkQueue } from '@waymark/messaging/open.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { randomUUID } from 'node:crypto';
import { buildApp } from './app.ts';
import { config } from './config.ts';

const settings = config();

await runService('notifications', settings, ({ log, metrics, tls }) =>
  buildApp({
    databaseUrl: settings.DATABASE_URL,
    eventLog: openEventLog({ url: settings.EVENT_LOG_URL, client: 'notifications', log }),
    feed: openFeed({ url: settings.FEED_URL, client: 'notifications', log }),
    workQueue: openWorkQueue({ url: settings.WORK_QUEUE_URL, client: 'notifications', log }),
    ordersUrl: settings.ORDERS_URL,
    verifier: verifierFrom(settings, tls),
    log,
    metrics,
    tls,
    clock: () => new Date(),
    newId: randomUUID,
    privateWebhookHosts: settings.WEBHOOKS_PRIVATE_HOSTS.split(','),
  }),
);
