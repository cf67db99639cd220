import { afterEach, expect, test } from '@jest/globals';
import type { WorkQueue } from '@waymark/messaging/work-queue.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { createPartner, startReceiver, type Receiver } from './partner.ts';
import { placed, setup, type World } from './setup.ts';

let world: World;
let receiver: Receiver;
afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

/** A world with one order placed and one webhook that listens. */
async function begin(wrapQueue: (workQueue: WorkQueue) => WorkQueue) {
  world = await setup({ wrapQueue });
  receiver = await startReceiver();
  const partner = await createPartner(world);
  const { id } = await partner.register(receiver.url, ['order-placed']);
  await world.place();
  return { partner, id };
}

test('a process that dies between its commit and the queue loses nothing', async () => {
  let asked = 0;
  await begin((workQueue) => ({
    ...workQueue,
    send() {
      asked += 1;
      return Promise.reject(new Error('dead'));
    },
  }));
  await eventually(() => asked > 0);
  await world.stopFirst();
  expect(receiver.received).toEqual([]);
  await world.startReplica();
  await eventually(() => receiver.received.length === 1);
});

test('a process that dies between the queue and its mark sends the same delivery, under the same id', async () => {
  let sent = 0;
  await begin((workQueue) => ({
    ...workQueue,
    work: () => ({ start: () => undefined, stop: () => Promise.resolve() }),
    async send(...message) {
      await workQueue.send(...message);
      sent += 1;
      throw new Error('dead');
    },
  }));
  await eventually(() => sent >= 2);
  await world.stopFirst();
  await world.startReplica();
  await eventually(async () => {
    expect(await world.database.query('select state, attempts from deliveries')).toEqual([
      { state: 'delivered', attempts: 1 },
    ]);
    expect(await world.broker.query('select id from work_messages')).toEqual([]);
  });
  expect(new Set(receiver.ids()).size).toBe(1);
});

test('a worker that dies in the middle of an attempt leaves it to another', async () => {
  await begin((workQueue) => ({
    ...workQueue,
    work: (queue, options) =>
      workQueue.work(queue, {
        ...options,
        // Its lease is over before it can say anything.
        leaseMs: 200,
        handle: () => new Promise(() => undefined),
      }),
  }));
  await eventually(
    async () =>
      (await world.broker.query('select id from work_messages where attempts > 0')).length === 1,
  );
  await world.stopFirst();
  expect(receiver.received).toEqual([]);
  await world.startReplica();
  await eventually(() => receiver.received.length === 1);
});

test('an attempt that the queue holds twice is not made again once its outcome is known', async () => {
  const { partner, id } = await begin((workQueue) => workQueue);
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  });
  const [delivery] = await partner.deliveries(id);
  receiver.behaviour = (answer) => answer.writeHead(500).end();
  await partner.call('POST', `/${id}/deliveries/${String(delivery?.id)}/redeliver`);
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
  });
  const stale = world.openQueue();
  const value = JSON.stringify({ id: delivery?.id, attempt: 1 });
  await stale.send('webhooks', { headers: {}, value }, { key: 'partner' });
  await stale.close();
  await eventually(async () => {
    expect(await world.broker.query('select id from work_messages')).toEqual([]);
  });
  expect(receiver.received).toHaveLength(2);
});

test('an event that comes again after the inbox has forgotten it is not delivered again', async () => {
  const { partner, id } = await begin((workQueue) => workQueue);
  const record = placed(randomUUID(), 'ada');
  for (let times = 0; times < 2; times += 1) {
    await world.publish(record);
    await world.handled();
    await world.database.query('delete from inbox');
  }
  expect(await partner.deliveries(id)).toHaveLength(2);
  expect(await world.database.query('select 1 from dead_letters')).toEqual([]);
});

test('a delivery that the queue has confirmed and lost is sent again a quarter of an hour later', async () => {
  let lost = 0;
  await begin((workQueue) => ({
    ...workQueue,
    send: (...message) => (lost++ === 0 ? Promise.resolve() : workQueue.send(...message)),
  }));
  await eventually(() => lost === 1);
  world.time.aheadMs = 14 * 60_000;
  await world.place();
  await eventually(() => receiver.received.length === 1);
  world.time.aheadMs = 16 * 60_000;
  await eventually(() => receiver.received.length === 2);
});
