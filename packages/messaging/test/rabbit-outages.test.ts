/** What the work queue does while RabbitMQ is missing, cut off, silent or restarted, or refuses it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startFaultProxy } from '@waymark/testing/fault-proxy.ts';
import { heapBytes } from '@waymark/testing/heap.ts';
import { startRabbit, type RabbitContainer } from '@waymark/testing/rabbit-container.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_IN_FLIGHT } from '../src/rabbit-connection.ts';
import { numbers } from './log-under-test.ts';
import { done, setup, valuesOf } from './queue-under-test.ts';
import { openRabbit, recordLog } from './rabbit-setup.ts';

const outage = ['warn RabbitMQ is away', 'info RabbitMQ is back'];

describeWithDocker('an outage of RabbitMQ', () => {
  let server: RabbitContainer;
  beforeAll(async () => {
    server = await startRabbit();
  }, 60_000);
  afterAll(() => server.stop());

  async function setupThroughProxy(log = recordLog().log) {
    const proxy = await startFaultProxy(server);
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const world = await setup(() => openRabbit(url.href, log));
    return {
      ...world,
      proxy,
      async [Symbol.asyncDispose]() {
        proxy.heal();
        await world[Symbol.asyncDispose]();
        await proxy.close();
      },
    };
  }

  test.each(['cut', 'stall'] as const)(
    'where the server is missing at the start (%s) calls fail within a deadline, and all works once it is there',
    async (fault) => {
      await using proxy = await startFaultProxy(server);
      proxy[fault]();
      const url = new URL(server.url);
      url.port = String(proxy.port);
      const { log, lines } = recordLog();
      await using world = await setup(() => openRabbit(url.href, log));
      const { begun } = world.work(done);
      const began = performance.now();
      const calls = [world.send('lost'), world.workQueue.check(), world.letters()];
      const failures = await Promise.all(
        calls.map((call) => call.catch((error: unknown) => error)),
      );
      expect(performance.now() - began).toBeLessThan(12_000);
      expect(failures.map(isUnavailable)).toEqual([true, true, true]);
      proxy.heal();
      await eventually(() => world.send('there'), 30_000);
      await eventually(() => valuesOf(begun).includes('there'));
      // The clients of the sender and of the worker.
      expect(lines.filter((line) => line === outage[0])).toHaveLength(2);
      await world.workQueue.check();
    },
    60_000,
  );

  test.each(['cut', 'stall'] as const)(
    '20 s of %s under load lose nothing that was accepted, memory does not grow, and all works again',
    async (fault) => {
      await using world = await setupThroughProxy();
      const options = { concurrency: 20, perKey: 4, attempts: 1000 };
      const workers = numbers(2).map(() =>
        world.work(async ({ attempt }) => {
          await sleep(5);
          if (attempt === 1 && Math.random() < 0.1) throw new Error('again');
        }, options),
      );
      const accepted: string[] = [];
      let refused = 0;
      let sending = true;
      const senders = numbers(20).map(async (sender) => {
        for (let number = 0; sending; number += 1) {
          const value = `${String(sender)}-${String(number)}`;
          const key = sender % 2 === 0 ? { key: `partner ${String(sender)}` } : {};
          await world.send(value, key).then(
            () => accepted.push(value),
            () => (refused += 1),
          );
          await sleep(100);
        }
      });
      await eventually(() => accepted.length > 200, 30_000);
      const heapBefore = heapBytes();
      world.proxy[fault]();
      await sleep(20_000);
      const grownBytes = heapBytes() - heapBefore;
      world.proxy.heal();
      const before = accepted.length;
      await eventually(() => accepted.length > before + 200, 60_000);
      sending = false;
      await Promise.all(senders);
      const begun = () => new Set(valuesOf(workers.flatMap((worker) => worker.begun)));
      await eventually(() => accepted.every((value) => begun().has(value)), 60_000);
      expect(refused).toBeGreaterThan(0);
      expect(grownBytes).toBeLessThan(20e6);
    },
    200_000,
  );

  test('a restart of the server in mid-work loses nothing, and is one line in the log of each client', async () => {
    const { log, lines } = recordLog();
    await using world = await setup(() => openRabbit(server.url, log));
    const gate = Promise.withResolvers<void>();
    const aborted: string[] = [];
    const worker = world.work(
      async ({ value }, signal) => {
        signal.addEventListener('abort', () => aborted.push(value));
        await gate.promise;
      },
      { concurrency: 4, perKey: 2 },
    );
    await Promise.all(numbers(10).map((n) => world.send(`slow ${String(n)}`, { key: 'slow' })));
    await Promise.all(numbers(10).map((n) => world.send(`later ${String(n)}`, { delayMs: 5000 })));
    await world.send('without a key');
    await eventually(() => worker.begun.length === 3);
    await server.restart();
    gate.resolve();
    await eventually(() => new Set(valuesOf(worker.begun)).size === 21, 60_000);
    expect(aborted.sort()).toEqual(valuesOf(worker.begun.slice(0, 3)).sort());
    const times = (line?: string) => lines.filter((one) => one === line).length;
    // The sender may find the server later than the worker.
    await eventually(() => times(outage[1]) === 2);
    expect(outage.map((line) => times(line))).toEqual([2, 2]);
  }, 120_000);

  test('a key whose line was made just before the server was killed is worked on again', async () => {
    await using world = await setup(() => openRabbit(server.url));
    await world.send('before', { key: 'slow' });
    // The other queues are on disk then.
    await server.restart();
    const gate = Promise.withResolvers<void>();
    const { begun } = world.work(() => gate.promise, { perKey: 2 });
    await eventually(
      () => Promise.all(numbers(10).map((n) => world.send(String(n), { key: 'slow' }))),
      30_000,
    );
    await eventually(() => begun.length >= 2);
    await server.killAndRestart();
    gate.resolve();
    await eventually(() => world.send('after', { key: 'slow' }), 30_000);
    await eventually(() => valuesOf(begun).includes('after'), 30_000);
  }, 120_000);

  test('wrong credentials are one line that names the user, however much is asked', async () => {
    const url = new URL(server.url);
    url.username = 'mallory';
    const { log, lines } = recordLog();
    await using world = await setup(() => openRabbit(url.href, log));
    const failures = await Promise.all(
      numbers(50).map((n) => world.send(String(n)).catch((error: unknown) => error)),
    );
    expect(failures.every(isUnavailable)).toBe(true);
    expect(lines).toEqual(['error RabbitMQ refuses the user "mallory"']);
  });

  test('more messages than a silent server is granted are refused at once', async () => {
    await using world = await setupThroughProxy();
    await world.send('before');
    world.proxy.stall();
    const failureOf = () => world.send('a').catch((error: unknown) => error);
    const waiting = numbers(MAX_IN_FLIGHT).map(failureOf);
    await sleep(0);
    expect(String(await failureOf())).toBe('Error: RabbitMQ: too many messages wait');
    expect((await Promise.all(waiting)).every(isUnavailable)).toBe(true);
  });
});
