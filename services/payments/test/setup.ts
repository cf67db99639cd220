/** A whole payments service on databases of its own, before a card processor that the test plays. */
import type { EventContract } from '@waymark/contracts/define-event.ts';
import {
  orderCancelled,
  orderConfirmed,
  paymentRequested,
  refundRequested,
} from '@waymark/contracts/orders.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { toRecord } from '@waymark/messaging/event.ts';
import { totalLag, type LogRecord } from '@waymark/messaging/event-log.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { buildApp } from '../src/app.ts';
import { playCardProcessor } from './card-processor.ts';

/** What payment-requested asks for, unless a test says otherwise. */
export const payment = { amountCents: 26_250, currency: 'EUR', cardToken: 'tok_approve' };

export async function setup({ timeoutMs = 5000 } = {}) {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  const openLog = () => openPostgresEventLog({ url: broker.url, client: 'test', log: silentLog });
  const eventLog = openLog();
  await eventLog.createTopics(topics);
  const processor = await playCardProcessor();
  const stops: (() => Promise<void>)[] = [];

  /** One replica of the service; `stopWorker` lets it finish the calls in hand and begin no other. */
  function startReplica(metrics = createMetrics('payments')) {
    const app = buildApp({
      databaseUrl: database.url,
      eventLog: openLog(),
      log: silentLog,
      metrics,
      clock: () => new Date(),
      psp: { url: processor.url, apiKey: 'a-key-of-one-merchant', timeoutMs },
    });
    for (const part of app.parts) part.start();
    stops.push(() => stopApp(app));
    const [, worker] = app.parts;
    return { app, metrics, stopWorker: async () => worker?.stop() };
  }

  /** An event as the orders service would tell it. */
  const recordOf = (contract: EventContract, orderId: string, data: object = {}): LogRecord =>
    toRecord({ contract, subject: orderId, data: { orderId, ...data } }, 'orders');

  const world = {
    database,
    eventLog,
    processor,
    startReplica,
    first: startReplica(),
    recordOf,
    request: (orderId: string, fields: object = {}) =>
      eventLog.publish([recordOf(paymentRequested, orderId, { ...payment, ...fields })]),
    confirm: (orderId: string) => eventLog.publish([recordOf(orderConfirmed, orderId)]),
    cancel: (orderId: string, reason = 'customer-request') =>
      eventLog.publish([recordOf(orderCancelled, orderId, { reason })]),
    refund: (orderId: string) =>
      eventLog.publish([recordOf(refundRequested, orderId, { reason: 'damaged' })]),
    /** Waits until every event published so far has been handled. */
    caughtUp: () =>
      eventually(async () => totalLag(await eventLog.lag('payments', ['waymark.orders'])) === 0),
    async stateOf(orderId: string): Promise<string | undefined> {
      const text = 'select state from payments where order_id = $1';
      return (await database.query<{ state: string }>(text, [orderId]))[0]?.state;
    },
    /** Waits until the payment is in this state; says in which one it is where it never gets there. */
    async reaches(orderId: string, state: string): Promise<void> {
      await eventually(async () => {
        const found = await world.stateOf(orderId);
        if (found !== state) throw new Error(`the payment is ${found ?? 'unknown'}, not ${state}`);
      });
    },
    /** The events told about an order so far, oldest first, in short. */
    async told(orderId: string): Promise<{ type: string; data: unknown }[]> {
      await eventually(
        async () => (await database.query('select 1 from outbox limit 1')).length === 0,
      );
      const rows = await broker.query<{ headers: Record<string, string>; value: string }>(
        `select headers, value from records where topic = 'waymark.payments' and key = $1
         order by "offset"`,
        [orderId],
      );
      return rows.map(({ headers, value }) => ({
        type: headers.ce_type?.split('.')[2] ?? '',
        data: JSON.parse(value) as unknown,
      }));
    },
    async typesTold(orderId: string): Promise<string[]> {
      return (await world.told(orderId)).map(({ type }) => type);
    },
    /** What the events of the service say that they belong to. */
    async correlationsTold(orderId: string): Promise<(string | undefined)[]> {
      const rows = await broker.query<{ headers: Record<string, string> }>(
        `select headers from records where topic = 'waymark.payments' and key = $1`,
        [orderId],
      );
      return rows.map(({ headers }) => headers.correlationid);
    },
    async ledger(orderId: string): Promise<{ account: string; cents: number }[]> {
      const text = `select account, amount_cents::int as cents from postings where order_id = $1
        order by posted_at, account`;
      return database.query(text, [orderId]);
    },
    deadLetters: () =>
      database.query<{ key: string; reason: string }>('select key, reason from dead_letters'),
    async stop() {
      // First, so that no call that hangs holds up the rest.
      await processor.close();
      await Promise.all(stops.map((stop) => stop()));
      await eventLog.close();
      await database.drop();
      await broker.drop();
    },
  };
  return world;
}

export type World = Awaited<ReturnType<typeof setup>>;

/** An order whose payment is authorised. */
export async function authorised(world: World): Promise<string> {
  const orderId = randomUUID();
  await world.request(orderId);
  await world.reaches(orderId, 'authorised');
  return orderId;
}

/** An order that is confirmed and paid. */
export async function captured(world: World): Promise<string> {
  const orderId = await authorised(world);
  await world.confirm(orderId);
  await world.reaches(orderId, 'captured');
  return orderId;
}
