/**
 * What the WorkQueue port promises of messages, workers and dead letters, to be run on every adapter. What it
 * promises of leases and of workers that die is in work-queue-leases.suite.ts.
 */
import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { PoisonError } from '../src/handler.ts';
import { RetryLater } from '../src/work-queue.ts';
import { numbers } from './log-under-test.ts';
import { done, setup, valuesOf, type OpenQueue } from './queue-under-test.ts';

export function workQueueSuite(name: string, open: OpenQueue): void {
  test(`${name}: workers share the messages of a queue, and each message is done once`, async () => {
    await using world = await setup(open);
    const values = numbers(60).map(String);
    const workers = numbers(3).map(() => world.work(done, { concurrency: 2 }));
    await Promise.all(values.map((value) => world.send(value)));
    const begun = () => workers.flatMap((worker) => worker.begun);
    await eventually(() => begun().length === 60);
    expect(valuesOf(begun()).sort()).toEqual(values.toSorted());
    expect(workers.filter((worker) => worker.begun.length > 0).length).toBeGreaterThan(1);
  });

  test(`${name}: headers, key and text arrive as they were sent, and in no other queue`, async () => {
    await using world = await setup(open);
    const headers = { traceparent: '00-0af7-b7ad-01', note: `"a" \\ {c} 'd' \0 🧗`, empty: '' };
    const value = JSON.stringify({ text: `"\\" \n \0 \u2028 ' $1 🏔️`, long: '⛺'.repeat(20_000) });
    await world.workQueue.send(`${world.queue}.other`, { headers: {}, value: 'not ours' });
    await world.workQueue.send(world.queue, { headers, value }, { key: `pärtner's 🧗` });
    await world.send('without a key');
    const { begun } = world.work(done);
    await eventually(() => begun.length === 2);
    expect(begun).toContainEqual({
      id: expect.any(String),
      key: `pärtner's 🧗`,
      headers,
      value,
      attempt: 1,
    });
    expect(begun).toContainEqual(expect.objectContaining({ key: undefined, headers: {} }));
    await world.workQueue.check();
  });

  test(`${name}: a message is there for a worker that comes later, on another client`, async () => {
    await using world = await setup(open);
    const sender = world.connect();
    await sender.send(world.queue, { headers: {}, value: 'early' });
    const { begun } = world.work(done);
    await eventually(() => begun.length === 1);
  });

  test(`${name}: a worker has no more in hand than its concurrency, so another can take the rest`, async () => {
    await using world = await setup(open);
    const gate = Promise.withResolvers<void>();
    const busy = world.work(() => gate.promise, { concurrency: 3 });
    await Promise.all(numbers(10).map((number) => world.send(String(number))));
    await eventually(() => busy.begun.length === 3);
    const free = world.work(done);
    await eventually(() => free.begun.length === 7);
    expect(busy.begun).toHaveLength(3);
    gate.resolve();
  });

  test(`${name}: a delayed message waits, and holds up none behind it`, async () => {
    await using world = await setup(open);
    const { begun } = world.work(done, { concurrency: 1 });
    const sent = performance.now();
    await world.send('later', { delayMs: 700 });
    await world.send('now');
    await eventually(() => begun.length === 2);
    expect(valuesOf(begun)).toEqual(['now', 'later']);
    expect(performance.now() - sent).toBeGreaterThanOrEqual(699);
  });

  test(`${name}: failed work comes again, after the policy's pause or the one that the handler names`, async () => {
    await using world = await setup(open);
    const at: number[] = [];
    const { begun } = world.work(
      async ({ attempt }) => {
        at.push(performance.now());
        if (attempt === 1) throw new RetryLater(800, 'the partner says later');
        if (attempt === 2) throw new Error('not yet');
      },
      { backoff: { firstMs: 600, maxMs: 600 } },
    );
    await world.send('a');
    await eventually(() => begun.length === 3);
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(799);
    // The policy's second pause, which is capped, less its jitter of up to a half.
    expect(third - second).toBeGreaterThanOrEqual(299);
    expect(begun.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test(`${name}: work that fails to the last attempt becomes a dead letter with its reason, poison at once`, async () => {
    await using world = await setup(open);
    const { begun } = world.work(async ({ value }) => {
      if (value === 'stubborn') throw new Error('answered 500 \0');
      if (value === 'poison') throw new PoisonError('answered 410');
    });
    await world.send('stubborn', { key: 'partner' });
    await world.send('poison');
    await world.send('good');
    await eventually(async () => (await world.letters()).length === 2);
    expect(valuesOf(begun).sort()).toEqual(['good', 'poison', 'stubborn', 'stubborn', 'stubborn']);
    const letters = await world.letters();
    expect(letters).toContainEqual({
      id: expect.any(String),
      key: 'partner',
      headers: {},
      value: 'stubborn',
      attempts: 3,
      reason: 'answered 500 \uFFFD',
      failedAt: expect.any(Date),
    });
    expect(letters).toContainEqual(
      expect.objectContaining({ value: 'poison', attempts: 1, reason: 'answered 410' }),
    );
    expect(await world.workQueue.listDeadLetters(world.queue, 1)).toHaveLength(1);
  });

  test(`${name}: a redriven letter has all its attempts before it again, and the others stay`, async () => {
    await using world = await setup(open);
    let down = true;
    const { begun } = world.work(async ({ attempt }) => {
      if (down || attempt < 3) throw new Error('down');
    });
    for (const value of ['a', 'b', 'c']) await world.send(value, { key: 'partner' });
    await eventually(async () => (await world.letters()).length === 3);
    down = false;
    const letter = (await world.letters()).find(({ value }) => value === 'b');
    begun.length = 0;
    expect(await world.workQueue.redrive(world.queue, { id: letter?.id ?? '' })).toBe(1);
    await eventually(() => begun.length === 3);
    expect(begun.every(({ value, key }) => value === 'b' && key === 'partner')).toBe(true);
    expect(valuesOf(await world.letters()).sort()).toEqual(['a', 'c']);
    for (const id of [letter?.id ?? '', 'nonsense', '9'.repeat(40), ''])
      expect(await world.workQueue.redrive(world.queue, { id })).toBe(0);
    expect(await world.workQueue.redrive(`${world.queue}.other`, 'all')).toBe(0);
    expect(await world.workQueue.redrive(world.queue, 'all')).toBe(2);
    await eventually(() => begun.length === 9);
    expect(await world.letters()).toEqual([]);
  });

  test(`${name}: one slow partner delays no other, and has no more in hand than its bound across all workers`, async () => {
    await using world = await setup(open);
    const gate = Promise.withResolvers<void>();
    let slowInHand = 0;
    let mostInHand = 0;
    const workers = numbers(6).map(() =>
      world.work(
        async ({ key }) => {
          if (key !== 'slow') return;
          slowInHand += 1;
          mostInHand = Math.max(mostInHand, slowInHand);
          await gate.promise;
          slowInHand -= 1;
        },
        { concurrency: 2, perKey: 2 },
      ),
    );
    await Promise.all(numbers(100).map((number) => world.send(String(number), { key: 'slow' })));
    await eventually(() => slowInHand === 2);
    const others = ['a', 'b', undefined, 'z'];
    for (const key of others) {
      const sends = numbers(5).map(() => world.send('fast', key === undefined ? {} : { key }));
      await Promise.all(sends);
    }
    const begun = () => workers.flatMap((worker) => worker.begun);
    await eventually(() => begun().filter(({ value }) => value === 'fast').length === 20);
    expect(begun()).toHaveLength(22);
    gate.resolve();
    await eventually(() => begun().length === 120);
    expect(mostInHand).toBe(2);
  });
}
