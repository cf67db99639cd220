/** What publishing and reading do while Kafka is away, restarts, or falls silent: nothing is lost, all comes back. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startFaultProxy, type FaultProxy } from '@waymark/testing/fault-proxy.ts';
import { startKafka, type KafkaContainer } from '@waymark/testing/kafka-container.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneByOne, totalLag, type EventLog } from '../src/event-log.ts';
import { keepLines, logIn, LONG_MS, START_MS } from './kafka-setup.ts';
import { numbers, recordOf, setup, valuesByKey, valuesOf } from './log-under-test.ts';

const KEYS = numbers(12).map((number) => `key-${String(number)}`);

describeWithDocker('EventLog while Kafka fails', () => {
  let proxy: FaultProxy;
  let kafka: KafkaContainer;
  beforeAll(async () => {
    const port = await freePort();
    proxy = await startFaultProxy({ host: '127.0.0.1', port });
    kafka = await startKafka({ port, advertisedPort: proxy.port });
  }, START_MS);
  afterAll(async () => {
    await kafka.stop();
    await proxy.close();
  });
  const open = async () => logIn(kafka.url);

  /** As the relay does: what failed is published again before anything else. */
  function publishRounds(eventLog: EventLog, topic: string) {
    const stopping = new AbortController();
    let rounds = 0;
    async function run() {
      while (!stopping.signal.aborted) {
        const records = KEYS.map((key) => recordOf(topic, { key, value: String(rounds) }));
        try {
          await eventLog.publish(records);
          rounds += 1;
          await sleep(5);
        } catch {
          await sleep(100);
        }
      }
    }
    const running = run();
    return {
      rounds: () => rounds,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  }

  test.each([
    ['a restart of the broker', () => kafka.restart()],
    ['20 s without a connection', () => failFor(20_000, proxy.cut)],
    ['12 s of silence', () => failFor(12_000, proxy.stall)],
  ])(
    '%s under load loses nothing, and all goes on by itself',
    async (_, fail) => {
      await using world = await setup(open, 6);
      const { handled } = world.join(world.group);
      const publishing = publishRounds(world.eventLog, world.topic);
      await eventually(() => handled.length > 100);
      await fail();
      const [healedAt, before, published] = [
        performance.now(),
        handled.length,
        publishing.rounds(),
      ];
      await eventually(() => publishing.rounds() > published + 5, 30_000);
      await eventually(() => handled.length > before + 60, 30_000);
      const handledAfter = performance.now() - healedAt;
      await publishing.stop();
      const rounds = publishing.rounds();
      await eventually(() => {
        const ofLast = handled.filter(({ value }) => value === String(rounds - 1));
        return new Set(ofLast.map(({ key }) => key)).size === KEYS.length;
      }, 30_000);
      const byKey = Object.values(valuesByKey(handled));
      expect(byKey).toHaveLength(KEYS.length);
      for (const values of byKey)
        expect(values.filter((value, index) => values.indexOf(value) === index)).toEqual(
          numbers(Math.max(...values.map(Number)) + 1).map(String),
        );
      expect(handledAfter).toBeLessThan(20_000);
    },
    LONG_MS,
  );

  async function failFor(ms: number, begin: () => void): Promise<void> {
    begin();
    await sleep(ms);
    proxy.heal();
  }

  test(
    'what is acknowledged after a failed publish is there, although the failed one had arrived',
    async () => {
      await using world = await setup(open, 1);
      await world.publish({ value: 'first' });
      proxy.mute();
      const failed = expect(world.publish({ value: 'unknown' })).rejects.toThrow();
      await eventually(async () => {
        const ends = await kafka.command('kafka-get-offsets.sh', '--topic', world.topic);
        return ends.includes(`${world.topic}:0:2`);
      }, 20_000);
      proxy.cut();
      await failed;
      proxy.heal();
      await world.publish({ value: 'next' });
      const { handled } = world.join(world.group);
      await eventually(() => handled.length > 2);
      expect(valuesOf(handled)).toEqual(['first', 'unknown', 'next']);
    },
    LONG_MS,
  );

  test(
    'a member that Kafka has not heard for a session begins no more records until it is heard',
    async () => {
      await using world = await setup(open, 1);
      let begun = 0;
      world.join(world.group, async () => {
        begun += 1;
        await sleep(20);
      });
      await world.publish(...numbers(700).map((value) => ({ value: String(value) })));
      await eventually(() => begun > 10);
      proxy.cut();
      await sleep(8000);
      const before = begun;
      await sleep(500);
      expect(begun).toBe(before);
      expect(begun).toBeLessThan(700);
      proxy.heal();
      await eventually(
        async () => totalLag(await world.eventLog.lag(world.group, [world.topic])) === 0,
        40_000,
      );
      expect(begun).toBeGreaterThanOrEqual(700);
    },
    LONG_MS,
  );

  test(
    'a broker that is away at the start is told once, and joined when it is there',
    async () => {
      const { log, lines } = keepLines();
      await using world = await setup(open, 1);
      await world.publish({ value: 'a' });
      const own = logIn(kafka.url, log);
      proxy.cut();
      const handled: string[] = [];
      const eventLog = own.connect();
      const subscription = eventLog.subscribe({
        group: world.group,
        topics: [world.topic],
        handle: oneByOne(async ({ value }) => {
          handled.push(value);
        }),
      });
      subscription.start();
      await expect(eventLog.check()).rejects.toThrow();
      await expect(eventLog.publish([recordOf(world.topic, {})])).rejects.toThrow();
      await eventually(() => lines.length > 0);
      await sleep(5000);
      proxy.heal();
      const healedAt = performance.now();
      await eventually(() => handled.length === 1);
      expect(performance.now() - healedAt).toBeLessThan(5000);
      await eventLog.check();
      expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
        ['warn', 'Kafka is away, will try again'],
        ['info', 'Kafka is back'],
      ]);
      await subscription.stop();
      await own.close();
    },
    LONG_MS,
  );

  test(
    'a member stops in bounded time while the broker is away',
    async () => {
      await using world = await setup(open, 1);
      const member = world.join(world.group);
      await world.publish({});
      await eventually(() => member.handled.length === 1);
      proxy.cut();
      const began = performance.now();
      await member.stop();
      expect(performance.now() - began).toBeLessThan(15_000);
      proxy.heal();
      const heir = world.join(world.group);
      await world.publish({ value: 'b' });
      await eventually(() => valuesOf(heir.handled).includes('b'), 20_000);
    },
    LONG_MS,
  );
});
