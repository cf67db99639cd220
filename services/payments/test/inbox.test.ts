import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { orderCancelled, orderConfirmed, paymentRequested } from '@waymark/contracts/orders.ts';
import { connectDatabase } from '@waymark/database/connect.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { cancelledFirst, requested } from '../src/payment.ts';
import { createPayments } from '../src/payments.ts';
import { createStore, queriesOn, type PaymentsSchema } from '../src/store.ts';
import { authorised, payment, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

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

test('only the first news of an order adds its payment, whether a request or a cancellation', async () => {
  const db = connectDatabase<PaymentsSchema>({
    url: world.database.url,
    applicationName: 'test',
  });
  const { add } = queriesOn(db);
  const [one, other] = [randomUUID(), randomUUID()];
  expect(await add(requested({ orderId: one, ...payment }))).toBe(true);
  expect(await add(requested({ orderId: one, ...payment }))).toBe(false);
  expect(await add(cancelledFirst(other))).toBe(true);
  expect(await add(requested({ orderId: other, ...payment }))).toBe(false);
  expect(await world.stateOf(other)).toBe('cancelled');
  await db.destroy();
});

test('a request and a cancellation that meet before either is stored end in nothing kept', async () => {
  // Without the worker, so that the states stay as the events left them.
  await world.first.stopWorker();
  const db = connectDatabase<PaymentsSchema>({
    url: world.database.url,
    applicationName: 'test',
  });
  const store = createStore(db);
  const payments = createPayments();
  const orders = Array.from({ length: 20 }, () => randomUUID());
  for (const orderId of orders) {
    await Promise.all([
      store.transaction((tx) => payments.paymentRequested(tx, { orderId, ...payment })),
      store.transaction((tx) => payments.orderCancelled(tx, { orderId })),
    ]);
  }
  await db.destroy();
  const rows = await world.database.query<{ state: string; cents: number }>(
    'select distinct state, amount_cents::int as cents from payments',
  );
  // Either the request was first and its hold will be looked for, or the mark was and nothing is asked.
  const ends = { abandoning: payment.amountCents, cancelled: 0 };
  for (const { state, cents } of rows) expect(ends).toMatchObject({ [state]: cents });
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
