/** Wires the notifications service: the inbox fills the feeds, the routes stream them. Tests call it too. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createHttpClient } from '@waymark/http/client.ts';
import { createServer } from '@waymark/http/server.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import type { EventLog } from '@waymark/messaging/event-log.ts';
import type { Feed } from '@waymark/messaging/feed.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { handlers } from './inbox.ts';
import { createNotifications } from './notifications.ts';
import { createOrderLookup } from './order-lookup.ts';
import { registerRoutes } from './routes.ts';
import { queriesOn, type NotificationsSchema } from './store.ts';
import { createStreams } from './streams.ts';

export interface NotificationsAppDeps {
  databaseUrl: string;
  eventLog: EventLog;
  feed: Feed;
  ordersUrl: string;
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  heartbeatMs?: number;
}

const LOOKUP_TIMEOUT_MS = 2000;

export function buildApp(deps: NotificationsAppDeps): App {
  const { databaseUrl, eventLog, feed, verifier, log, metrics } = deps;
  const db = connectDatabase<NotificationsSchema>({
    url: databaseUrl,
    applicationName: 'notifications',
    metrics,
  });
  const http = createHttpClient({ baseUrl: deps.ordersUrl, timeoutMs: LOOKUP_TIMEOUT_MS });
  const notifications = createNotifications({
    store: queriesOn(db),
    feed,
    orders: createOrderLookup(http),
  });
  const inbox = createInbox({
    eventLog,
    group: 'notifications',
    db,
    handlers: handlers(notifications),
    committed: () => undefined,
    log,
    metrics,
  });
  const server = createServer({ log, metrics, isUnavailable });
  registerRoutes(server, {
    notifications,
    streams: createStreams(log, deps.heartbeatMs),
    verifier,
  });

  return {
    server,
    parts: [feed, inbox],
    checks: { feed: feed.check, 'event log': eventLog.check },
    async close() {
      await http.close();
      await eventLog.close();
      await feed.close();
      await db.destroy();
    },
  };
}
