/** The suites of the port on RabbitMQ, and what only this adapter has to show. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startRabbit, type RabbitContainer } from '@waymark/testing/rabbit-container.ts';
import { delayRoute } from '../src/rabbit-delay.ts';
import { numbers } from './log-under-test.ts';
import { done, setup, valuesOf } from './queue-under-test.ts';
import { openRabbit } from './rabbit-setup.ts';
import { workQueueLeasesSuite } from './work-queue-leases.suite.ts';
import { workQueueSuite } from './work-queue.suite.ts';

describeWithDocker('the work queue on RabbitMQ', () => {
  let server: RabbitContainer;
  beforeAll(async () => {
    server = await startRabbit();
  }, 60_000);
  afterAll(() => server.stop());
  const open = () => openRabbit(server.url);

  workQueueSuite('rabbitmq', open);
  workQueueLeasesSuite('rabbitmq', open);

  test('letters are listed in the order of their deaths, however often one looks', async () => {
    await using world = await setup(open);
    world.work(() => Promise.reject(new Error('down')), { attempts: 1, concurrency: 1 });
    for (const value of ['a', 'b', 'c', 'd', 'e']) {
      await world.send(value);
      await eventually(async () => valuesOf(await world.letters()).includes(value));
    }
    expect(valuesOf(await world.workQueue.listDeadLetters(world.queue, 3))).toEqual([
      'a',
      'b',
      'c',
    ]);
    for (let looks = 0; looks < 25; looks += 1) await world.letters();
    const letter = (await world.letters())[2];
    expect(await world.workQueue.redrive(world.queue, { id: letter?.id ?? '' })).toBe(1);
    await eventually(async () => (await world.letters()).length === 5);
    expect(valuesOf(await world.letters())).toEqual(['a', 'b', 'd', 'e', 'c']);
  });

  test('what waited behind a busy key is worked on after the worker that gave out its slots has died', async () => {
    await using world = await setup(open);
    const gate = Promise.withResolvers<void>();
    const options = { concurrency: 2, perKey: 2 };
    const first = world.work(() => gate.promise, options);
    await Promise.all(numbers(20).map((n) => world.send(String(n), { key: 'slow' })));
    await eventually(() => first.begun.length === 2);
    const heirs = numbers(3).map(() => world.work(done, options));
    const stopping = first.stop();
    gate.resolve();
    await stopping;
    const begun = () => new Set(valuesOf([first, ...heirs].flatMap((worker) => worker.begun)));
    await eventually(() => begun().size === 20);
  });

  test('a queue that is sent to again after somebody deleted it is made again', async () => {
    await using world = await setup(open);
    await world.send('before');
    await server.ctl('delete_queue', world.queue);
    await expect(world.send('lost')).rejects.toThrow('no queue takes the message');
    await world.send('after');
    const { begun } = world.work(done);
    await eventually(() => begun.length === 1);
    expect(valuesOf(begun)).toEqual(['after']);
  });

  test.each([
    [1, 16],
    [16, 16],
    [700, 704],
    [800, 800],
    [90_000, 90_112],
    [3 * 3600_000, 11_010_048],
  ])(
    'a delay of %i ms is made of %i ms of waiting, at most 1/32 and 16 ms too many',
    (asked, sum) => {
      const { routingKey, exchange } = delayRoute(asked, 'a.queue');
      const digits = routingKey.split('.').slice(0, 26);
      expect(Number.parseInt(digits.join(''), 2) * 16).toBe(sum);
      expect(sum - asked).toBeLessThanOrEqual(16 + asked / 32);
      expect(digits[25 - Number(exchange.split('.')[1])]).toBe('1');
      expect(routingKey.endsWith('.a.queue')).toBe(true);
    },
  );

  test('long waits of many lengths end each in time, also those that the server rounds up most', async () => {
    await using world = await setup(open);
    const late: number[] = [];
    const { begun } = world.work(async ({ value }) => {
      late.push(Date.now() - Number(value));
    });
    const delays = numbers(10).map((n) => 100 + n * 197);
    await Promise.all(
      delays.map((delayMs) => world.send(String(Date.now() + delayMs), { delayMs })),
    );
    await eventually(() => begun.length === 10);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(3000);
  });
});
