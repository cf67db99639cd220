/** Wires the notifications service: the inbox fills the feeds and makes deliveries, the routes stream the
 * feeds, and workers carry the deliveries to partners. Tests call it too. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createHttpClient } from '@waymark/http/client.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { EventLog } from '@waymark/messaging/event-log.ts';
import type { Feed } from '@waymark/messaging/feed.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { createInboxPruning } from '@waymark/messaging/prune-inbox.ts';
import type { WorkQueue } from '@waymark/messaging/work-queue.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { createAddressGuard, type Lookup } from './address.ts';
import { createDeliveries, createDeliveryPruning } from './deliveries.ts';
import { measureDeliveries } from './delivery-metrics.ts';
import { measureFreshness } from './freshness.ts';
import { handlers, opening } from './inbox.ts';
import { createNotifications } from './notifications.ts';
import { createOrderLookup } from './order-lookup.ts';
import { createPost } from './post.ts';
import { registerRoutes } from './routes.ts';
import { createStore, type NotificationsSchema } from './store.ts';
import { createStreams } from './streams.ts';
import { registerWebhookRoutes } from './webhook-routes.ts';
import { createWebhooks } from './webhooks.ts';

export interface NotificationsAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  feed: Feed;
  workQueue: WorkQueue;
  ordersUrl: string;
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  clock: () => Date;
  newId: () => string;
  /** Hosts that webhooks may lead to though they are private. */
  privateWebhookHosts: readonly string[];
  heartbeatMs?: number;
  /** How host names of webhooks are looked up. */
  lookup?: Lookup;
}

const LOOKUP_TIMEOUT_MS = 2000;

export function buildApp(deps: NotificationsAppDeps): App {
  const { databaseUrl, eventLog, feed, workQueue, verifier, log, metrics, tls, clock } = deps;
  const db = connectDatabase<NotificationsSchema>({
    url: databaseUrl,
    applicationName: 'notifications',
    metrics,
  });
  const http = createHttpClient({ baseUrl: deps.ordersUrl, timeoutMs: LOOKUP_TIMEOUT_MS, tls });
  const store = createStore(db);
  const freshness = measureFreshness(metrics, clock);
  const orders = createOrderLookup(http);
  const notifications = createNotifications({ store, feed, orders, freshness });
  const guard = createAddressGuard({
    privateHosts: deps.privateWebhookHosts,
    lookup: deps.lookup,
  });
  const post = createPost({ guard, clock });
  const measure = measureDeliveries(metrics, store);
  const deliveries = createDeliveries({ ...deps, store, post, measure });
  const webhooks = createWebhooks({ ...deps, store, guard, due: deliveries.wake });
  const inbox = createInbox({
    eventLog,
    group: 'notifications',
    db,
    handlers,
    open: opening(notifications, webhooks),
    committed: webhooks.committed,
    log,
    metrics,
  });
  const server = createServer({ log, metrics, isUnavailable, tls });
  registerRoutes(server, {
    notifications,
    streams: createStreams(log, deps.heartbeatMs),
    freshness,
    verifier,
  });
  registerWebhookRoutes(server, webhooks, verifier);
  const pruning = [createInboxPruning({ ...deps, db }), createDeliveryPruning({ ...deps, store })];

  return {
    server,
    parts: [feed, deliveries, inbox, ...pruning],
    checks: { feed: feed.check, 'event log': eventLog.check, 'work queue': workQueue.check },
    async close() {
      await http.close();
      await eventLog.close();
      await feed.close();
      await workQueue.close();
      await db.destroy();
    },
  };
}
