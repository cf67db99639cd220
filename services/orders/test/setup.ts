/**
 * A whole orders service on databases of its own, with a clock that the test holds. Nothing works in the
 * background until `start`: what does not need the saga is tested without it.
 */
import {
  captureFailed,
  paymentAuthorised,
  paymentDeclined,
  paymentRefunded,
} from '@waymark/contracts/payments.ts';
import { stockRejected, stockReserved } from '@waymark/contracts/inventory.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { expect } from '@jest/globals';
import { createKeyRing } from '@waymark/envelope/key-ring.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { outgoing, toRecord, type OutgoingEvent } from '@waymark/messaging/event.ts';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createTestIssuer } from '@waymark/testing/issuer.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { buildApp } from '../src/app.ts';

export const body = {
  lines: [{ productId: 'ridge-tent', quantity: 2 }],
  payment: { cardToken: 'tok_approve' },
  shipTo: {
    name: 'Ada Example',
    line1: 'Hill Road 1',
    city: 'Bergen',
    postalCode: '5003',
    country: 'NO',
  },
};

/** What the other services say of an order. */
export const news = {
  reserved: (orderId: string) => outgoing(stockReserved, orderId, { orderId }),
  rejected: (orderId: string) =>
    outgoing(stockRejected, orderId, { orderId, productIds: ['ridge-tent'] }),
  authorised: (orderId: string) =>
    outgoing(paymentAuthorised, orderId, { orderId, amountCents: 50_000, currency: 'EUR' }),
  declined: (orderId: string) =>
    outgoing(paymentDeclined, orderId, { orderId, reason: 'card declined' }),
  refunded: (orderId: string) =>
    outgoing(paymentRefunded, orderId, { orderId, amountCents: 50_000, currency: 'EUR' }),
  captureFailed: (orderId: string) =>
    outgoing(captureFailed, orderId, { orderId, reason: 'hold expired' }),
};

export interface OrderAnswer {
  id: string;
  state: string;
  reason?: string;
  totalCents: number;
  placedAt: string;
}

export function newKey(id: string) {
  return { id, key: randomBytes(32).toString('base64url') };
}

export const DEADLINE_MS = 60_000;

export async function setup({ prices = true } = {}) {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  const openLog = (url: string) => openPostgresEventLog({ url, client: 'test', log: silentLog });
  const eventLog = openLog(broker.url);
  await eventLog.createTopics(topics);
  const issuer = await createTestIssuer();
  const time = { now: new Date('2026-03-01T10:00:00Z') };
  const keys = [newKey('first')];
  const openRing = () => createKeyRing(async () => JSON.stringify(keys));
  const ring = await openRing();
  const stops: (() => Promise<void>)[] = [];

  /** Another replica, by way of other lines where the test holds them. */
  function build({
    databaseUrl = database.url,
    eventLogUrl = broker.url,
    metrics = createMetrics('orders'),
    keyRing = ring,
    maxLate = 100,
  } = {}) {
    const built = buildApp({
      databaseUrl,
      eventLog: openLog(eventLogUrl),
      verifier: createTokenVerifier(issuer),
      keyRing,
      log: silentLog,
      metrics,
      clock: () => time.now,
      newId: randomUUID,
      deadlineMs: DEADLINE_MS,
      maxLate,
    });
    stops.push(() => stopApp(built));
    return built;
  }

  const metrics = createMetrics('orders');
  const app = build({ metrics });
  if (prices) {
    await database.query(
      `insert into prices (product_id, price_cents, currency, version)
       values ('ridge-tent', 25000, 'EUR', 1), ('tin-mug', 1250, 'EUR', 1), ('us-stove', 900, 'USD', 1)`,
    );
  }
  const ada = await issuer.bearer('ada', 'orders:read orders:write');

  const place = (
    payload: unknown = body,
    key: string = randomUUID(),
    { authorization = ada, to = app } = {},
  ) =>
    to.server.inject({
      method: 'POST',
      url: '/v1/orders',
      headers: { authorization, 'idempotency-key': key, 'content-type': 'application/json' },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  const get = (url: string, authorization = ada) =>
    app.server.inject({ url, headers: { authorization } });
  const publish = (...events: OutgoingEvent[]) =>
    eventLog.publish(events.map((event) => toRecord(event, 'test')));

  return {
    app,
    metrics,
    build,
    database,
    broker,
    eventLog,
    issuer,
    time,
    /** What is in the file of the key ring. */
    keys,
    openRing,
    ada,
    place,
    get,
    publish,
    /** Starts the relay, the inbox and the timer. */
    start(started = app) {
      for (const part of started.parts) part.start();
    },
    placed: async () => (await place()).json<OrderAnswer>().id,
    order: async (id: string) => (await get(`/v1/orders/${id}`)).json<OrderAnswer>(),
    cancel: (id: string, authorization = ada, headers: Record<string, string> = {}) =>
      app.server.inject({
        method: 'POST',
        url: `/v1/orders/${id}/cancel`,
        headers: { authorization, ...headers },
      }),
    /** Brings an order to `confirmed`, by the news that the saga waits for. */
    async confirm(id: string): Promise<void> {
      await publish(news.reserved(id));
      await this.told(id, 'payment-requested');
      await publish(news.authorised(id));
      await this.told(id, 'order-confirmed');
    },
    /** The short names of the events that orders published about this order, in their order. */
    async published(id: string): Promise<string[]> {
      const rows = await broker.query<{ type: string }>(
        `select split_part(headers->>'ce_type', '.', 3) as type from records
         where topic = 'waymark.orders' and key = $1 order by "offset"`,
        [id],
      );
      return rows.map(({ type }) => type);
    },
    /** Waits until orders has published such an event about this order. */
    async told(id: string, type: string): Promise<void> {
      await eventually(async () => (await this.published(id)).includes(type));
    },
    /** Waits until every event was handled and all that follows from it is published. */
    async settled(): Promise<void> {
      const names = topics.map(({ name }) => name).filter((name) => name !== 'waymark.orders');
      await eventually(async () => {
        expect(totalLag(await eventLog.lag('orders', names))).toBe(0);
        expect(await database.query('select 1 from outbox')).toEqual([]);
      });
    },
    async stop() {
      for (const stop of stops.toReversed()) await stop();
      await eventLog.close();
      await database.drop();
      await broker.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof setup>>;
export type Answer = Awaited<ReturnType<World['place']>>;

/** What must not be read in an answer: where in the source, in which statement, by which library. */
const INTERNAL = /node_modules|\.ts\b|\n\s+at |FST_|ERR_|postgres|kysely|SyntaxError|insert into/i;

/** Holds an answer to what every refusal promises, beside its status and code. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  const { statusCode } = answer;
  expect({ statusCode, ...answer.json<object>() }).toMatchObject({
    statusCode: status,
    status,
    code,
    type: `/docs/errors#${code}`,
    title: expect.any(String) as unknown,
    detail: expect.any(String) as unknown,
  });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).not.toMatch(INTERNAL);
}
