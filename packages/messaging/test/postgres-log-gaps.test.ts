/**
 * Where a log kept in tables could lose a record, and Kafka has no such place: offsets that become visible out
 * of order, a notification that never comes, records that are gone before they were read.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import pg from 'pg';
import { numbers, recordOf, setup, valuesOf } from './log-under-test.ts';
import { createBroker, logIn } from './postgres-setup.ts';

let broker: TestDatabase;
beforeAll(async () => {
  broker = await createBroker();
});
afterAll(() => broker.drop());

const append =
  'select append_records(array[$1], array[$2::int], array[$3], array[$4::jsonb], array[$5])';

/** A publisher that appends and leaves its transaction open. */
async function slowWriter(topic: string, value: string) {
  const client = new pg.Client({ connectionString: broker.url });
  await client.connect();
  await client.query('begin');
  await client.query(append, [topic, 0, 'key', '{}', value]);
  return {
    async end(how: 'commit' | 'rollback') {
      await client.query(how);
      await client.end();
    },
  };
}

test.each(['commit', 'rollback'] as const)(
  'a reader never skips an offset behind a slow writer that ends with a %s',
  async (how) => {
    await using world = await setup(async () => logIn(broker), 1);
    const { handled } = world.join(world.group);
    const slow = await slowWriter(world.topic, 'slow');
    const published = world.publish({ value: 'fast' });
    await eventually(async () => {
      const waiting = await broker.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%append_records%'`,
      );
      return waiting.length === 1;
    });
    expect(handled).toEqual([]);
    await slow.end(how);
    await published;
    const values = how === 'commit' ? ['slow', 'fast'] : ['fast'];
    await eventually(() => handled.length === values.length);
    expect(valuesOf(handled)).toEqual(values);
    expect(handled.map(({ offset }) => offset)).toEqual(numbers(values.length));
  },
);

test('a slow writer holds up its own partition only', async () => {
  await using world = await setup(async () => logIn(broker), 2);
  const slow = await slowWriter(world.topic, 'slow');
  const { handled } = world.join(world.group);
  // One of these keys lives on the other partition; those on the slow one wait.
  const published = numbers(8).map((key) =>
    world.connect().publish([recordOf(world.topic, { key: String(key) })]),
  );
  await eventually(() => handled.length > 0);
  expect(handled.every(({ partition }) => partition === 1)).toBe(true);
  await slow.end('commit');
  await Promise.all(published);
  await eventually(() => handled.length === 9);
});

test('a record whose notification was lost is found by the poll', async () => {
  await using world = await setup(async () => logIn(broker), 1);
  const { handled } = world.join(world.group);
  await world.publish({ value: 'announced' });
  await eventually(() => handled.length === 1);
  await broker.query(append, [world.topic, 0, 'key', '{}', 'silent']);
  await eventually(() => handled.length === 2, 3000);
});

test('records that retention has removed do not count as lag', async () => {
  await using world = await setup(async () => logIn(broker), 2);
  await world.publish(...numbers(20).map((key) => ({ key: String(key) })));
  await broker.query('delete from records where topic = $1 and partition = 0', [world.topic]);
  await broker.query('delete from records where topic = $1 and partition = 1 and "offset" < 2', [
    world.topic,
  ]);
  const lag = await world.eventLog.lag(world.group, [world.topic]);
  expect(lag[0]).toMatchObject({ committed: lag[0]?.end });
  expect(lag[1]).toMatchObject({ committed: 2 });
});
