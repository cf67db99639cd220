/** Replicas of the notifications service on real ports, an orders service that the test plays, and a reader of streams. */
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { orderPlaced } from '@waymark/contracts/orders.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { toRecord } from '@waymark/messaging/event.ts';
import { totalLag, type LogRecord } from '@waymark/messaging/event-log.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { openPostgresFeed } from '@waymark/messaging/postgres-feed.ts';
import { openPostgresWorkQueue } from '@waymark/messaging/postgres-work-queue.ts';
import type { WorkQueue } from '@waymark/messaging/work-queue.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createTestIssuer } from '@waymark/testing/issuer.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lookup } from '../src/address.ts';
import { buildApp } from '../src/app.ts';
import { openStream } from './stream.ts';

interface SetupOptions {
  heartbeatMs?: number;
  /** Where the tests' receivers are, if nothing else is said. */
  privateWebhookHosts?: string[];
  lookup?: Lookup;
  /** Between the first replica and its work queue. */
  wrapQueue?: (workQueue: WorkQueue) => WorkQueue;
}

export async function setup(options: SetupOptions = {}) {
  const { heartbeatMs = 60_000, privateWebhookHosts = ['127.0.0.1'] } = options;
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  const openLog = () => openPostgresEventLog({ url: broker.url, client: 'test', log: silentLog });
  const eventLog = openLog();
  await eventLog.createTopics(topics);
  const issuer = await createTestIssuer();
  const orders = await startOrders();
  const stops: (() => Promise<void>)[] = [];
  const publish = (...records: LogRecord[]) => eventLog.publish(records);
  const groupTopics = topics.map(({ name }) => name).filter((name) => name !== 'waymark.catalog');

  const openQueue = () =>
    openPostgresWorkQueue({ url: broker.url, client: 'test', log: silentLog });
  const time = { aheadMs: 0 };

  /** Another replica on the same databases. */
  async function startReplica(workQueue = openQueue()) {
    const metrics = createMetrics('notifications');
    const app = buildApp({
      databaseUrl: database.url,
      eventLog: openLog(),
      feed: openPostgresFeed({ url: broker.url, client: 'test', log: silentLog }),
      workQueue,
      ordersUrl: orders.url,
      verifier: createTokenVerifier(issuer),
      log: silentLog,
      metrics,
      clock: () => new Date(Date.now() + time.aheadMs),
      newId: randomUUID,
      privateWebhookHosts,
      heartbeatMs,
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    });
    for (const part of app.parts) part.start();
    await app.server.listen({ host: '127.0.0.1', port: 0 });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= stopApp(app));
    stops.push(stop);
    return { app, metrics, stop, port: (app.server.server.address() as AddressInfo).port };
  }

  const first = await startReplica(options.wrapQueue?.(openQueue()));
  const { app, metrics, port, stop: stopFirst } = first;
  const ada = await issuer.bearer('ada', 'orders:read');
  return {
    app,
    metrics,
    port,
    database,
    broker,
    issuer,
    ada,
    orders,
    publish,
    startReplica,
    openQueue,
    stopFirst,
    /** Ahead of the real time, for pauses of hours. */
    time,
    /** Resolves when everything published was handled. */
    handled: () =>
      eventually(async () => totalLag(await eventLog.lag('notifications', groupTopics)) === 0),
    /** A new order of `customerId` that the service has heard of; answers its id. */
    async place(customerId = 'ada'): Promise<string> {
      const orderId = randomUUID();
      await publish(placed(orderId, customerId));
      await eventually(
        async () =>
          (await database.query('select 1 from owners where order_id = $1', [orderId])).length > 0,
      );
      return orderId;
    },
    open: (orderId: string, headers: Record<string, string> = {}, at = port) =>
      openStream(`http://127.0.0.1:${String(at)}/v1/orders/${orderId}/events`, {
        authorization: ada,
        ...headers,
      }),
    get: (orderId: string, headers: Record<string, string> = {}) =>
      app.server.inject({
        url: `/v1/orders/${orderId}/events`,
        headers: { authorization: ada, ...headers },
      }),
    async stop() {
      for (const stop of stops.toReversed()) await stop();
      await orders.stop();
      await eventLog.close();
      await database.drop();
      await broker.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof setup>>;

export function about(contract: EventContract, orderId: string, data: object = {}): LogRecord {
  return toRecord({ contract, subject: orderId, data: { orderId, ...data } }, 'test');
}

export function placed(orderId: string, customerId: string): LogRecord {
  const data = { customerId, lines: [], totalCents: 100, currency: 'EUR' };
  return about(orderPlaced, orderId, data);
}

/** An orders service that answers as the test says, and keeps what it was asked. */
async function startOrders() {
  const orders = {
    asked: [] as string[],
    /** How it answers; until the test says so, it knows of no order. */
    behaviour: (answer: ServerResponse): void => {
      answer.writeHead(404).end('{}');
    },
  };
  const server = createServer((request, answer) => {
    orders.asked.push(`${String(request.url)} ${String(request.headers.authorization)}`);
    orders.behaviour(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(orders, {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
