import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { orderCancelled, orderConfirmed } from '@waymark/contracts/orders.ts';
import { stockReserved } from '@waymark/contracts/inventory.ts';
import { paymentDeclined } from '@waymark/contracts/payments.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { createPartner, startReceiver, type Receiver } from './partner.ts';
import { about, placed, setup, type World } from './setup.ts';

let world: World;
let receiver: Receiver;
let partner: Awaited<ReturnType<typeof createPartner>>;
beforeEach(async () => {
  world = await setup();
  receiver = await startReceiver();
  partner = await createPartner(world);
});
afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

const HOUR_MS = 3_600_000;

test('an order is told step by step, signed, and without anything personal', async () => {
  const { id, secret } = await partner.register(receiver.url);
  const orderId = await world.place('ada');
  await eventually(() => receiver.received.length === 1);
  await world.publish(
    about(stockReserved, orderId),
    about(paymentDeclined, orderId, { reason: 'declined' }),
    about(orderCancelled, orderId, { reason: 'payment-declined' }),
  );
  await eventually(() => receiver.received.length === 2);
  expect(receiver.isSigned(secret)).toBe(true);
  expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    {
      type: 'order-placed',
      timestamp: expect.any(String),
      data: { orderId, state: 'placed' },
    },
    {
      type: 'order-cancelled',
      timestamp: expect.any(String),
      data: { orderId, state: 'cancelled', reason: 'payment-declined' },
    },
  ]);
  await eventually(async () => {
    const states = (await partner.deliveries(id)).map(({ state }) => state);
    expect(states).toEqual(['delivered', 'delivered']);
  });
  const listed = await partner.deliveries(id);
  expect(listed.map((delivery) => delivery.id).sort()).toEqual(receiver.ids().sort());
  expect(listed[0]).toMatchObject({ attempts: 1, lastStatus: 204, nextAttemptAt: null });
});

test('a webhook hears only of the types that it asked for, and each of several webhooks hears', async () => {
  const other = await startReceiver();
  try {
    await partner.register(receiver.url, ['order-confirmed']);
    await (await createPartner(world, 'other')).register(other.url);
    const orderId = await world.place();
    await world.publish(about(orderConfirmed, orderId));
    await eventually(() => other.received.length === 2 && receiver.received.length === 1);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'order-confirmed' });
  } finally {
    await other.stop();
  }
});

test('a failed attempt is repeated on schedule with the same id and body, until it succeeds', async () => {
  receiver.behaviour = (answer) => answer.writeHead(500).end();
  const { id, secret } = await partner.register(receiver.url, ['order-placed']);
  await world.place();
  await eventually(async () => {
    const [delivery] = await partner.deliveries(id);
    expect(delivery).toMatchObject({ state: 'pending', attempts: 1, lastStatus: 500 });
  });
  receiver.behaviour = (answer) => answer.destroy();
  world.time.aheadMs += HOUR_MS;
  await eventually(async () => {
    const [delivery] = await partner.deliveries(id);
    expect(delivery).toMatchObject({ state: 'pending', attempts: 2, lastStatus: null });
  });
  receiver.behaviour = (answer) => answer.writeHead(200).end('thanks');
  world.time.aheadMs += HOUR_MS;
  await eventually(async () => {
    const [delivery] = await partner.deliveries(id);
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 3, lastStatus: 200 });
  });
  expect(new Set(receiver.ids()).size).toBe(1);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(receiver.received).toHaveLength(3);
  // Each attempt is signed for its own time.
  const times = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(7200);
  const last = receiver.received.splice(0).slice(-1);
  receiver.received.push(...last);
  expect(receiver.isSigned(secret, new Date(Date.now() + world.time.aheadMs))).toBe(true);
  expect(receiver.isSigned(secret)).toBe(false);
});

test('a delivery that fails each time is given up, and is delivered again by hand', async () => {
  receiver.behaviour = (answer) => answer.writeHead(503).end();
  const { id } = await partner.register(receiver.url, ['order-placed']);
  await world.place();
  await eventually(async () => {
    world.time.aheadMs += 13 * HOUR_MS;
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'failed', nextAttemptAt: null }]);
  }, 20_000);
  expect(receiver.received).toHaveLength(8);
  receiver.behaviour = (answer) => answer.writeHead(204).end();
  const [delivery] = await partner.deliveries(id);
  const answer = await partner.call('POST', `/${id}/deliveries/${String(delivery?.id)}/redeliver`);
  expect([answer.statusCode, answer.json()]).toEqual([
    202,
    expect.objectContaining({ id: delivery?.id, state: 'pending' }),
  ]);
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  });
  expect(new Set(receiver.ids())).toEqual(new Set([delivery?.id]));
}, 30_000);

test('one slow partner does not delay another, however much waits for it', async () => {
  receiver.behaviour = () => undefined;
  await partner.register(receiver.url, ['order-placed']);
  await world.publish(...Array.from({ length: 80 }, () => placed(randomUUID(), 'ada')));
  await world.handled();
  await eventually(() => receiver.received.length === 4);
  const quick = await startReceiver();
  try {
    await (await createPartner(world, 'quick')).register(quick.url, ['order-placed']);
    await world.place();
    // Below the time-out of an attempt: no hand of the slow partner's is free by then.
    await eventually(() => quick.received.length === 1, 3000);
    expect(receiver.received).toHaveLength(4);
  } finally {
    receiver.behaviour = (answer) => answer.destroy();
    await quick.stop();
  }
}, 30_000);

test('410 disables the webhook: what waits has failed, nothing more comes, and redelivery is refused', async () => {
  receiver.behaviour = (answer) => answer.writeHead(410).end();
  const { id } = await partner.register(receiver.url, ['order-placed']);
  await world.place();
  await eventually(async () => {
    expect((await partner.call('GET', `/${id}`)).json()).toHaveProperty('disabledAt');
  });
  await world.place();
  await world.handled();
  const deliveries = await partner.deliveries(id);
  expect(deliveries).toMatchObject([{ state: 'failed', attempts: 1, lastStatus: 410 }]);
  const path = `/${id}/deliveries/${String(deliveries[0]?.id)}/redeliver`;
  const refused = await partner.call('POST', path);
  expect([refused.statusCode, refused.json()]).toEqual([
    409,
    expect.objectContaining({ code: 'webhook-disabled' }),
  ]);
  expect(receiver.received).toHaveLength(1);
});
