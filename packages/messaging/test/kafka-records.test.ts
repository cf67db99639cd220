/** What a group on Kafka is given: from where it reads, how much is left, odd records, and how much at a time. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startKafka, type KafkaContainer } from '@waymark/testing/kafka-container.ts';
import { totalLag } from '../src/event-log.ts';
import { keepLines, logIn, LONG_MS, START_MS, withRawKafka } from './kafka-setup.ts';
import { numbers, setup, valuesOf, withoutRepetitions } from './log-under-test.ts';

describeWithDocker('records on Kafka', () => {
  let kafka: KafkaContainer;
  beforeAll(async () => {
    kafka = await startKafka();
  }, START_MS);
  afterAll(() => kafka.stop());
  const open = async () => logIn(kafka.url);

  test(
    'a new group can be set to any offset of a topic and reads on from there',
    async () => {
      await using world = await setup(open, 2);
      await world.publish(...numbers(100).map((value) => ({ value: String(value) })));
      const [place] = (await world.eventLog.lag(world.group, [world.topic])).filter(
        ({ end }) => end === 100,
      );
      const replay = `${world.group}-replay`;
      const position = { topic: world.topic, partition: place?.partition ?? -1, offset: 90 };
      await world.eventLog.seek(replay, position);
      expect(totalLag(await world.eventLog.lag(replay, [world.topic]))).toBe(10);
      const reader = world.join(replay);
      await eventually(() => reader.handled.length === 10);
      expect(valuesOf(reader.handled)).toEqual(numbers(10).map((value) => String(90 + value)));
    },
    LONG_MS,
  );

  // Kafka keeps a compacted topic, as setup makes it otherwise, free of such deletions and of records without a key.
  const HOUR_MS = 3_600_000;

  test(
    'the lag counts what is kept and not handled, whatever retention has removed',
    async () => {
      await using world = await setup(open, 1, HOUR_MS);
      await world.publish(...numbers(10).map((value) => ({ value: String(value) })));
      const reader = world.join(world.group);
      await eventually(() => reader.handled.length === 10);
      await reader.stop();
      await world.publish(...numbers(20).map((value) => ({ value: String(value) })));
      const lag = async (group: string) => world.eventLog.lag(group, [world.topic]);
      const truth = await kafka.command('kafka-get-offsets.sh', '--topic', world.topic);
      expect(truth).toContain(`${world.topic}:0:30`);
      expect(await lag(world.group)).toEqual([
        { topic: world.topic, partition: 0, committed: 10, end: 30 },
      ]);
      await withRawKafka(kafka.url, async ({ admin }) => {
        const partitions = [{ partition: 0, offset: '15' }];
        await admin.fetchTopicOffsets(world.topic);
        await admin.deleteTopicRecords({ topic: world.topic, partitions });
      });
      for (const group of [world.group, 'a new one'])
        expect(await lag(group)).toEqual([
          { topic: world.topic, partition: 0, committed: 15, end: 30 },
        ]);
      const again = world.join(world.group);
      await eventually(() => again.handled.length === 15);
      await eventually(async () => totalLag(await lag(world.group)) === 0);
    },
    LONG_MS,
  );

  test(
    'records without a value are left out and told, one without a key comes with an empty one',
    async () => {
      const { log, lines } = keepLines();
      await using world = await setup(async () => logIn(kafka.url, log), 1, HOUR_MS);
      await withRawKafka(kafka.url, ({ producer }) =>
        producer.send({
          topic: world.topic,
          messages: [
            { key: 'gone', value: null },
            { value: 'no key', headers: { twice: ['a', 'b'] } },
            { key: null, value: null },
          ],
        }),
      );
      const { handled } = world.join(world.group);
      await eventually(
        async () => totalLag(await world.eventLog.lag(world.group, [world.topic])) === 0,
      );
      expect(handled).toEqual([
        {
          topic: world.topic,
          partition: 0,
          offset: 1,
          key: '',
          value: 'no key',
          headers: { twice: 'b' },
        },
      ]);
      expect(lines.map(({ msg }) => msg)).toEqual(Array(2).fill('record without a value left out'));
    },
    LONG_MS,
  );

  test(
    'a member holds a bounded part of what waits, however much that is',
    async () => {
      await using world = await setup(open, 6);
      const value = 'x'.repeat(20_000);
      for (const batch of numbers(60))
        await world.publish(
          ...numbers(48).map((key) => ({ key: `${String(batch)}/${String(key)}`, value })),
        );
      const gate = Promise.withResolvers<void>();
      const held = new Set<number>();
      const memory = () => {
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      const before = memory();
      const { handled } = world.join(world.group, async ({ partition }) => {
        held.add(partition);
        await gate.promise;
      });
      await eventually(() => held.size === 6);
      // Of 58 MB. Six fetches of 256 KiB, and what else the process does meanwhile.
      expect(memory() - before).toBeLessThan(25_000_000);
      gate.resolve();
      await eventually(() => withoutRepetitions(handled).length === 60 * 48, 60_000);
    },
    LONG_MS,
  );

  test(
    'a record that is too large for Kafka is refused with its size, and others still pass',
    async () => {
      await using world = await setup(open, 1);
      const large = { value: 'x'.repeat(1_000_000) };
      await expect(world.publish({ value: 'a' }, large)).rejects.toThrow(
        `a record of ${world.topic} has 1000043 bytes; Kafka takes at most 1000000`,
      );
      const many = numbers(40).map((index) => ({
        value: `${String(index)}${'y'.repeat(100_000)}`,
      }));
      await world.publish({ value: 'z'.repeat(999_900) }, ...many);
      const { handled } = world.join(world.group);
      await eventually(() => handled.length === 41, 20_000);
      expect(withoutRepetitions(handled).map(({ value }) => value.replace(/[yz]+$/, ''))).toEqual([
        '',
        ...numbers(40).map(String),
      ]);
    },
    LONG_MS,
  );
});
