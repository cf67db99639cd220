import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { orderCancelled, orderConfirmed, paymentRequested } from '@waymark/contracts/orders.ts';
import { connectDatabase } from '@waymark/database/connect.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import type { Kysely } from 'kysely';
import { randomUUID } from 'node:crypto';
import { handlers, open } from '../src/inbox.ts';
import { openPayments } from '../src/payments.ts';
import { createStore, type PaymentsSchema } from '../src/store.ts';
import { authorised, payment, setup, type World } from './setup.ts';

let world: World;
let databases: Kysely<PaymentsSchema>[];
beforeEach(async () => {
  databases = [];
  world = await setup();
});
afterEach(async () => {
  for (const db of databases) await db.destroy();
  await world.stop();
});

function connect() {
  const db = connectDatabase<PaymentsSchema>({ url: world.database.url, applicationName: 'test' });
  databases.push(db);
  return db;
}

/** An inbox as app.ts wires it, without the worker. */
function openReceiver() {
  const { eventLog } = world;
  const quiet = { committed: () => undefined, log: silentLog, metrics: createMetrics('test') };
  return createInbox({ eventLog, group: 'test', db: connect(), handlers, open, ...quiet }).receive;
}

const records = {
  request: (orderId: string) => world.recordOf(paymentRequested, orderId, payment),
  confirm: (orderId: string) => world.recordOf(orderConfirmed, orderId),
  cancel: (orderId: string) => world.recordOf(orderCancelled, orderId, { reason: 'out-of-stock' }),
};

test.each([
  { said: ['request', 'confirm'], through: ['authorised', 'captured'] },
  { said: ['request', 'cancel'], through: ['authorised', 'voided'] },
  { said: ['request', 'confirm', 'cancel'], through: ['authorised', 'captured', 'refunded'] },
  { said: ['cancel', 'request'], through: ['cancelled', 'cancelled'] },
] as const)('$said again, and once more a year later, changes nothing', async (row) => {
  const orderId = randomUUID();
  const published = row.said.map((name) => records[name](orderId));
  for (const [index, record] of published.entries()) {
    await world.eventLog.publish([record]);
    await world.caughtUp();
    await world.reaches(orderId, row.through[index] ?? '');
  }
  const look = async () => ({
    state: await world.stateOf(orderId),
    told: await world.told(orderId),
    ledger: await world.ledger(orderId),
    keys: world.processor.calls.map(({ key }) => key).filter((key) => key.startsWith(orderId)),
    holds: world.processor.holds.length,
  });
  const before = await look();

  await world.eventLog.publish(published);
  await world.caughtUp();
  // The inbox is not kept for ever; what the payment's own state says is.
  await world.database.query('delete from inbox');
  await world.eventLog.publish(published);
  await world.caughtUp();
  expect(await look()).toEqual(before);
  // Work that came back would be due before this one's.
  await authorised(world);
  expect(await look()).toEqual({ ...before, holds: before.holds + 1 });
  expect(await world.deadLetters()).toEqual([]);
});

test('events of one transaction take effect one after the other, each under its own cause', async () => {
  await world.first.stopWorker();
  const [kept, given, late] = [randomUUID(), randomUUID(), randomUUID()];
  const news = [
    records.request(kept),
    records.request(given),
    records.cancel(given),
    records.cancel(late),
    records.request(late),
  ];
  await openReceiver()(...news.map((record, offset) => ({ ...record, partition: 0, offset })));
  const states = await Promise.all([kept, given, late].map((id) => world.stateOf(id)));
  expect(states).toEqual(['authorising', 'abandoning', 'cancelled']);
  const traces = await world.database.query<{ traceparent: string }>(
    'select distinct traceparent from payments',
  );
  expect(traces).toHaveLength(3);
  const transactions = 'select distinct xmin::text from inbox';
  expect(await world.database.query(transactions)).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});

test('of two transactions that both find no payment, the later one fails and changes nothing', async () => {
  const orderId = randomUUID();
  const { transaction } = createStore(connect());
  const late = transaction(async (tx) => {
    const cancelling = await openPayments(tx, [orderId]);
    await transaction(async (other) => {
      const requesting = await openPayments(other, [orderId]);
      requesting.paymentRequested({ orderId, ...payment });
      await requesting.save();
    });
    cancelling.orderCancelled({ orderId });
    await cancelling.save();
  });
  await expect(late).rejects.toThrow('another transaction had news');
  await world.reaches(orderId, 'authorised');
});

test('a request and a cancellation that meet at two replicas before either is stored end in nothing kept', async () => {
  // Without the worker, so that the states stay as the events left them.
  await world.first.stopWorker();
  const [one, other] = [openReceiver(), openReceiver()];
  const orders = Array.from({ length: 20 }, () => randomUUID());
  for (const [offset, orderId] of orders.entries()) {
    await Promise.all([
      one({ ...records.request(orderId), partition: 0, offset }),
      other({ ...records.cancel(orderId), partition: 1, offset }),
    ]);
  }
  const rows = await world.database.query<{ state: string; cents: number }>(
    'select distinct state, amount_cents::int as cents from payments',
  );
  // Either the request was first and its hold will be looked for, or the mark was and nothing is asked.
  const ends = { abandoning: payment.amountCents, cancelled: 0 };
  for (const { state, cents } of rows) expect(ends).toMatchObject({ [state]: cents });
  expect(await world.deadLetters()).toEqual([]);
});

test('a confirmation whose payment nobody asked for goes to the dead letters, and those behind it go on', async () => {
  const orderId = randomUUID();
  await world.confirm(orderId);
  await eventually(async () => (await world.deadLetters()).length === 1);
  expect(await world.deadLetters()).toEqual([
    { key: orderId, reason: 'an order was confirmed whose payment is unknown' },
  ]);
  await world.request(orderId);
  await world.reaches(orderId, 'authorised');
});

test('a confirmation of a payment that was declined gives nothing away: it is a dead letter', async () => {
  const orderId = randomUUID();
  world.processor.follow(() => ({ refusal: { status: 402, code: 'card-declined' } }));
  await world.request(orderId);
  await world.reaches(orderId, 'declined');
  await world.confirm(orderId);
  await eventually(async () => (await world.deadLetters()).length === 1);
  expect(await world.stateOf(orderId)).toBe('declined');
  expect(await world.typesTold(orderId)).toEqual(['payment-declined']);
});

test('a request that no schema knows is a dead letter at once, and charges nobody', async () => {
  const orderId = randomUUID();
  await world.request(orderId, { amountCents: -1 });
  await eventually(async () => (await world.deadLetters()).length === 1);
  expect(await world.stateOf(orderId)).toBeUndefined();
  await authorised(world);
  expect(world.processor.holds).toHaveLength(1);
});
