/**
 * What the EventLog port promises of records and offsets, to be run on every adapter. The promises about the
 * members of a group are in event-log-groups.suite.ts.
 */
import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { caughtUp, totalLag, type StoredRecord } from '../src/event-log.ts';
import {
  numbers,
  recordOf,
  setup,
  valuesByKey,
  valuesOf,
  withoutRepetitions,
  type OpenLog,
} from './log-under-test.ts';

const PATIENCE_MS = 20_000;

export function eventLogSuite(name: string, open: OpenLog): void {
  test(`${name}: records of one key keep their order while others publish too`, async () => {
    await using world = await setup(open);
    const publishers = numbers(4).map((number) => ({ number, eventLog: world.connect() }));
    await Promise.all(
      publishers.map(async ({ number, eventLog }) => {
        const keys = numbers(5).map((key) => `key-${String(number)}-${String(key)}`);
        for (const step of numbers(10)) {
          const values = [String(2 * step), String(2 * step + 1)];
          const records = keys.flatMap((key) => values.map((value) => ({ key, value })));
          await eventLog.publish(records.map((record) => recordOf(world.topic, record)));
        }
      }),
    );
    const { handled } = world.join(world.group);
    await eventually(() => withoutRepetitions(handled).length === 400, PATIENCE_MS);
    const byKey = valuesByKey(handled);
    expect(Object.keys(byKey)).toHaveLength(20);
    for (const values of Object.values(byKey)) expect(values).toEqual(numbers(20).map(String));
    expect(new Set(handled.map(({ partition }) => partition)).size).toBeGreaterThan(1);
  });

  test(`${name}: records that wait in one partition are handed over together, in order, a bounded number at once`, async () => {
    await using world = await setup(open, 1);
    await world.publish(...numbers(120).map((number) => ({ value: String(number) })));
    const handed: StoredRecord[][] = [];
    const subscription = world.eventLog.subscribe({
      group: world.group,
      topics: [world.topic],
      handle: async (records) => {
        handed.push(records);
      },
    });
    subscription.start();
    await eventually(() => handed.flat().length === 120, PATIENCE_MS);
    await subscription.stop();
    expect(valuesOf(handed.flat())).toEqual(numbers(120).map(String));
    expect(Math.max(...handed.map(({ length }) => length))).toBe(50);
    expect(totalLag(await world.eventLog.lag(world.group, [world.topic]))).toBe(0);
  });

  test(`${name}: records whose handler failed come again, and those behind them wait`, async () => {
    await using world = await setup(open, 1);
    const attempts: string[] = [];
    let failures = 0;
    const { handled } = world.join(world.group, async ({ value }) => {
      attempts.push(value);
      if (value === 'b' && (failures += 1) < 3) throw new Error('not yet');
    });
    await world.publish({ value: 'a' }, { value: 'b' }, { value: 'c' });
    await eventually(() => valuesOf(handled).includes('c'), PATIENCE_MS);
    expect(attempts).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'c']);
    expect(valuesOf(withoutRepetitions(handled))).toEqual(['a', 'b', 'c']);
  });

  test(`${name}: a slow handler on one partition does not hold up another`, async () => {
    await using world = await setup(open);
    const gate = Promise.withResolvers<void>();
    let slow: number | undefined;
    const { handled } = world.join(world.group, async ({ partition }) => {
      slow ??= partition;
      if (partition === slow) await gate.promise;
    });
    await world.publish(...numbers(40).map((number) => ({ key: `key-${String(number)}` })));
    const lags = () => world.eventLog.lag(world.group, [world.topic]);
    const others = (await lags()).filter(({ end }) => end > 0);
    await eventually(() => {
      const done = handled.map(({ partition }) => partition);
      return others.every(({ partition }) => partition === slow || done.includes(partition));
    }, PATIENCE_MS);
    expect(handled.filter(({ partition }) => partition === slow)).toEqual([]);
    gate.resolve();
    await eventually(() => withoutRepetitions(handled).length === 40, PATIENCE_MS);
  });

  test(`${name}: headers and text arrive as they were sent`, async () => {
    await using world = await setup(open);
    const record = {
      key: `"quoted" \\ {curly}, 'and' 🏕️`,
      headers: {
        ce_id: 'c2b1',
        ce_type: 'waymark.orders.order-placed.v1',
        ce_time: '2026-03-01T10:00:00.000Z',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        note: `"a", \\b\\, {c} NULL 'd' 🧗`,
        empty: '',
      },
    };
    const values = [
      JSON.stringify({ text: `"\\" \n\t \u2028 ' $1 {} 🏔️👩‍🚒 é` }),
      '',
      '⛺'.repeat(20_000),
      'NULL',
    ];
    await world.publish(...values.map((value) => ({ ...record, value })));
    const { handled } = world.join(world.group);
    await eventually(() => handled.length === values.length, PATIENCE_MS);
    expect(handled).toEqual(
      values.map((value, offset) => ({
        ...record,
        value,
        topic: world.topic,
        partition: expect.any(Number),
        offset,
      })),
    );
  });

  test(`${name}: reading goes on at the committed offset after a restart`, async () => {
    await using world = await setup(open, 1);
    await world.publish({ value: 'a' }, { value: 'b' });
    const first = world.join(world.group);
    await eventually(() => first.handled.length === 2, PATIENCE_MS);
    await first.stop();
    await world.publish({ value: 'c' });
    const second = world.join(world.group);
    await eventually(() => second.handled.length > 0, PATIENCE_MS);
    expect(valuesOf(second.handled)).toEqual(['c']);
  });

  test(`${name}: a group without members can be sent back to any offset, one with members cannot`, async () => {
    await using world = await setup(open, 1);
    await world.publish({ value: 'a' }, { value: 'b' }, { value: 'c' });
    const reader = world.join(world.group);
    await eventually(() => reader.handled.length === 3, PATIENCE_MS);
    const back = { topic: world.topic, partition: 0, offset: 1 };
    await expect(world.eventLog.seek(world.group, back)).rejects.toThrow('has members');
    await reader.stop();
    await world.eventLog.seek(world.group, back);
    const again = world.join(world.group);
    await eventually(() => again.handled.length === 2, PATIENCE_MS);
    expect(again.handled.map(({ value, offset }) => [value, offset])).toEqual([
      ['b', 1],
      ['c', 2],
    ]);
  });

  test(`${name}: the lag is what is published and not yet handled, and a reader that caught up once stays ready`, async () => {
    await using world = await setup(open, 1);
    const lag = () => world.eventLog.lag(world.group, [world.topic]);
    const ready = caughtUp(world.eventLog, world.group, [world.topic]);
    expect(await lag()).toEqual([{ topic: world.topic, partition: 0, committed: 0, end: 0 }]);
    await world.publish({}, {}, {});
    expect(totalLag(await lag())).toBe(3);
    await expect(ready()).rejects.toThrow(`3 events of ${world.topic} behind`);
    const reader = world.join(world.group);
    await eventually(async () => totalLag(await lag()) === 0, PATIENCE_MS);
    expect(reader.handled).toHaveLength(3);
    await ready();
    await reader.stop();
    await world.publish({}, {});
    expect(await lag()).toEqual([{ topic: world.topic, partition: 0, committed: 3, end: 5 }]);
    await ready();
  });

  test(`${name}: publishing to a topic that does not exist fails, and publishes nothing of the call`, async () => {
    await using world = await setup(open, 1);
    const records = [recordOf(world.topic, {}), recordOf(`${world.topic}.unknown`, {})];
    await expect(world.eventLog.publish(records)).rejects.toThrow();
    expect(totalLag(await world.eventLog.lag(world.group, [world.topic]))).toBe(0);
  });

  test(`${name}: creating a topic again changes nothing, and an empty list publishes nothing`, async () => {
    await using world = await setup(open, 2);
    await world.publish({});
    await world.eventLog.createTopics([{ name: world.topic, partitions: 5, retentionMs: 1 }]);
    await world.eventLog.publish([]);
    const lag = await world.eventLog.lag(world.group, [world.topic]);
    expect(lag.map(({ end }) => end).sort()).toEqual([0, 1]);
    await world.eventLog.check();
  });
}
