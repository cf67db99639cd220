import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { stockReserved } from '@waymark/contracts/inventory.ts';
import { orderCancelled, orderConfirmed } from '@waymark/contracts/orders.ts';
import { paymentAuthorised, paymentDeclined } from '@waymark/contracts/payments.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { about, placed, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup({ heartbeatMs: 100 });
});
afterEach(() => world.stop());

const amount = { amountCents: 100, currency: 'EUR' };

test('steps appear live, in order, each with an id, its name and what it brought', async () => {
  const orderId = await world.place();
  const stream = await world.open(orderId);
  expect(stream.status).toBe(200);
  expect(Object.fromEntries(stream.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const later = [
    about(stockReserved, orderId),
    about(paymentDeclined, orderId, { reason: 'declined' }),
    about(orderCancelled, orderId, { reason: 'payment-declined' }),
  ];
  for (const [index, record] of later.entries()) {
    await world.publish(record);
    await eventually(() => stream.received().length === index + 2);
  }
  expect(stream.received().map(({ event, data }) => [event, data.state, data.reason])).toEqual([
    ['order-placed', 'placed', undefined],
    ['stock-reserved', undefined, undefined],
    ['payment-declined', undefined, 'declined'],
    ['order-cancelled', 'cancelled', 'payment-declined'],
  ]);
  const ids = stream.received().map(({ id }) => Number(id));
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  expect(new Set(stream.received().map(({ data }) => data.orderId))).toEqual(new Set([orderId]));
});

test('a client resumes on another replica without a gap or a repeat', async () => {
  const other = await world.startReplica();
  const orderId = await world.place();
  const first = await world.open(orderId);
  await world.publish(about(stockReserved, orderId));
  await eventually(() => first.received().length === 2);
  await first.leave();
  await world.publish(about(paymentAuthorised, orderId, amount));
  await world.handled();
  const second = await world.open(orderId, { 'last-event-id': first.lastId() }, other.port);
  await eventually(() => second.received().length === 1);
  await world.publish(about(orderConfirmed, orderId));
  await eventually(() => second.steps().includes('order-confirmed'));
  expect([...first.steps(), ...second.steps()]).toEqual([
    'order-placed',
    'stock-reserved',
    'payment-authorised',
    'order-confirmed',
  ]);
});

test('two replicas show the same steps with the same ids', async () => {
  const other = await world.startReplica();
  const orderId = await world.place();
  const streams = [await world.open(orderId), await world.open(orderId, {}, other.port)];
  await world.publish(about(stockReserved, orderId));
  await eventually(() => streams.every((stream) => stream.received().length === 2));
  expect(streams[0]?.received()).toEqual(streams[1]?.received());
});

test('a client that was away for more steps than one read gives gets all of them', async () => {
  const orderId = await world.place();
  const many = Array.from({ length: 70 }, () => about(paymentAuthorised, orderId, amount));
  await world.publish(...many);
  await world.handled();
  const stream = await world.open(orderId);
  await eventually(() => stream.received().length >= 71);
  await eventually(() => stream.text().endsWith(': heartbeat\n\n'));
  expect(new Set(stream.received().map(({ id }) => id)).size).toBe(71);
  expect(stream.received()).toHaveLength(71);
});

test('a stream with nothing to say sends heartbeats, and tells how soon to come back', async () => {
  const stream = await world.open(await world.place());
  await eventually(() => stream.text().split(': heartbeat\n\n').length > 3);
  expect(stream.text()).toMatch(/^retry: \d+\n\n/);
  expect(stream.steps()).toEqual(['order-placed']);
});

test('an event that is handled twice shows once, even if the inbox does not know it any more', async () => {
  const orderId = await world.place();
  const record = about(stockReserved, orderId);
  for (let times = 0; times < 2; times += 1) {
    await world.publish(record);
    await world.handled();
    await world.database.query('delete from inbox');
  }
  await world.publish(about(orderConfirmed, orderId));
  const stream = await world.open(orderId);
  await eventually(() => stream.steps().includes('order-confirmed'));
  expect(stream.steps()).toEqual(['order-placed', 'stock-reserved', 'order-confirmed']);
});

test('nobody becomes the owner of an order that has one', async () => {
  const orderId = await world.place('ada');
  await world.publish(placed(orderId, 'bob'));
  await world.handled();
  expect((await world.open(orderId)).status).toBe(200);
});

test('an event that does not keep to its contract goes to the dead letters, and the next is shown', async () => {
  const orderId = await world.place();
  await world.publish(about(orderCancelled, orderId, { reason: 'no such reason' }));
  await world.publish(about(orderConfirmed, orderId));
  const stream = await world.open(orderId);
  await eventually(() => stream.steps().includes('order-confirmed'));
  expect(stream.steps()).toEqual(['order-placed', 'order-confirmed']);
  expect(await world.database.query('select key from dead_letters')).toEqual([{ key: orderId }]);
});
