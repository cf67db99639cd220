/** A whole inventory service on databases of its own, with a hand on what its inbox receives. */
import { connectDatabase } from '@waymark/database/connect.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { productChanged } from '@waymark/contracts/catalog.ts';
import { orderCancelled, orderConfirmed, orderPlaced } from '@waymark/contracts/orders.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { toRecord } from '@waymark/messaging/event.ts';
import type { EventLog, StoredRecord } from '@waymark/messaging/event-log.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { createTestIssuer } from '@waymark/testing/issuer.ts';
import { holdLocks, waitersForLocks } from '@waymark/testing/locks.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { randomUUID } from 'node:crypto';
import { buildApp } from '../src/app.ts';
import { handlers, opening } from '../src/inbox.ts';
import { createInventory } from '../src/inventory.ts';
import type { Line } from '../src/reservation.ts';
import { createStore, type InventorySchema } from '../src/store.ts';

const INITIAL_STOCK = 7;
let offset = 0;

function toStored(contract: EventContract, data: unknown, subject: string): StoredRecord {
  offset += 1;
  return { ...toRecord({ contract, subject, data }, 'test'), partition: 0, offset };
}

export const placed = (orderId: string, quantities: Record<string, number>): StoredRecord => {
  const lines: Line[] = Object.entries(quantities).map(([productId, quantity]) => ({
    productId,
    quantity,
  }));
  const data = { orderId, customerId: 'ada', lines, totalCents: 100, currency: 'EUR' };
  return toStored(orderPlaced, data, orderId);
};
export const confirmed = (orderId: string) => toStored(orderConfirmed, { orderId }, orderId);
export const cancelled = (orderId: string) =>
  toStored(orderCancelled, { orderId, reason: 'customer-request' }, orderId);
export const productHeard = (productId: string, version: number) =>
  toStored(
    productChanged,
    { productId, name: 'Any', priceCents: 100, currency: 'EUR', version },
    productId,
  );

/** The inbox as app.ts wires it, without the relay: what it says stays in the outbox to be looked at. */
function openInbox(databaseUrl: string, eventLog: EventLog) {
  const db = connectDatabase<InventorySchema>({ url: databaseUrl, applicationName: 'inbox' });
  const inventory = createInventory({ store: createStore(db), initialStock: INITIAL_STOCK });
  const inbox = createInbox({
    eventLog,
    group: 'inventory',
    db,
    handlers,
    open: opening(inventory),
    committed: () => undefined,
    log: silentLog,
    metrics: createMetrics('inbox'),
  });
  return { receive: inbox.receive, close: () => db.destroy() };
}

export async function setup(stock: Record<string, number> = { 'ridge-tent': 5, 'tin-mug': 3 }) {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  const openLog = () => openPostgresEventLog({ url: broker.url, client: 'test', log: silentLog });
  const eventLog = openLog();
  await eventLog.createTopics(topics);
  const issuer = await createTestIssuer();
  const stops: (() => Promise<void>)[] = [];
  /** Another replica on the same databases. */
  const openReplica = () => {
    const replica = buildApp({
      databaseUrl: database.url,
      eventLog: openLog(),
      verifier: createTokenVerifier(issuer),
      log: silentLog,
      metrics: createMetrics('inventory'),
      clock: () => new Date(),
      initialStock: INITIAL_STOCK,
    });
    stops.push(() => stopApp(replica));
    return replica;
  };
  const openReceiver = () => {
    const { receive, close } = openInbox(database.url, eventLog);
    stops.push(close);
    return receive;
  };
  await database.query(
    `with added as (insert into stock (product_id, on_hand)
       select key, value::int from json_each_text($1) returning *)
     insert into movements (product_id, delta, kind) select product_id, on_hand, 'count' from added`,
    [JSON.stringify(stock)],
  );
  const staff = await issuer.bearer('staff', 'inventory:read inventory:write');
  const app = openReplica();
  return {
    app,
    database,
    broker,
    eventLog,
    issuer,
    staff,
    openReplica,
    openReceiver,
    receive: openReceiver(),
    ...views(database),
    get: (productId: string, authorization: string | undefined = staff) =>
      app.server.inject({ url: `/v1/stock/${productId}`, headers: { authorization } }),
    put: (productId: string, payload: unknown, authorization: string | undefined = staff) =>
      app.server.inject({
        method: 'PUT',
        url: `/v1/stock/${productId}`,
        headers: { authorization, 'content-type': 'application/json' },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
    async stop() {
      for (const stop of stops.toReversed()) await stop();
      await eventLog.close();
      await database.drop();
      await broker.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof setup>>;

/** What a test looks at. */
function views(database: TestDatabase) {
  return {
    /** Each product as `on hand/reserved`. */
    async stock(): Promise<Record<string, string>> {
      const rows = await database.query<{ product_id: string; on_hand: number; reserved: number }>(
        'select * from stock order by product_id',
      );
      return Object.fromEntries(
        rows.map((row) => [row.product_id, `${String(row.on_hand)}/${String(row.reserved)}`]),
      );
    },
    /** The names of the events that were said of an order, in order. */
    async said(orderId: string): Promise<string[]> {
      const rows = await database.query<{ type: string }>(
        `select headers->>'ce_type' as type from outbox where key = $1 order by seq`,
        [orderId],
      );
      return rows.map(({ type }) => type.split('.').at(-2) ?? type);
    },
    /** Products whose stock is not the sum of their movements. */
    unexplained: () =>
      database.query(
        `select product_id from stock s where on_hand <>
           (select sum(delta) from movements m where m.product_id = s.product_id)`,
      ),
    /** Resolves when this many transactions wait for a lock. */
    waiting: (count: number) => waitersForLocks(database, count),
    /** Holds the rows of some products, as a slow transaction would, until the returned function is called. */
    holdStock: (...productIds: string[]) =>
      holdLocks(database, 'select 1 from stock where product_id = any($1) for update', [
        productIds,
      ]),
  };
}

export const newOrderId: () => string = randomUUID;

/** Runs the work on each item, `width` of them at a time. */
export async function inParallel<Item>(
  items: Item[],
  width: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
