import { expect, test } from '@jest/globals';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { housekeepingStatements } from '../housekeeping.ts';

async function setup() {
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  await broker.query(
    `insert into topics (topic, partitions, retention_ms)
     values ('week', 2, 7 * 24 * 3600 * 1000::bigint), ('day', 1, 24 * 3600 * 1000), ('newest', 2, null)`,
  );
  let offset = 0;
  return {
    broker,
    /** A record of this age. */
    publish: (place: { topic: string; partition?: number; key?: string; hours: number }) =>
      broker.query(
        `insert into records (topic, partition, "offset", key, headers, value, published_at)
         values ($1, $2, $3, $4, '{}', '', now() - $5::int * interval '1 hour')`,
        [place.topic, place.partition ?? 0, offset++, place.key ?? 'key', place.hours],
      ),
    async keepHouse() {
      for (const statement of housekeepingStatements) await broker.query(statement);
    },
    async kept() {
      const rows = await broker.query<{ offset: number }>(
        'select "offset"::int from records order by "offset"',
      );
      return rows.map((row) => row.offset);
    },
    [Symbol.asyncDispose]: broker.drop,
  };
}

test('records go when the retention of their topic has passed, and no sooner', async () => {
  await using world = await setup();
  await world.publish({ topic: 'week', hours: 7 * 24 + 1 });
  await world.publish({ topic: 'week', hours: 7 * 24 - 1 });
  await world.publish({ topic: 'day', hours: 25 });
  await world.publish({ topic: 'day', hours: 23 });
  await world.publish({ topic: 'day', hours: 0 });
  await world.keepHouse();
  expect(await world.kept()).toEqual([1, 3, 4]);
});

test('a topic without retention keeps the newest record of each key for ever', async () => {
  await using world = await setup();
  await world.publish({ topic: 'newest', key: 'tent', hours: 9000 });
  await world.publish({ topic: 'newest', key: 'mug', hours: 9000 });
  await world.publish({ topic: 'newest', key: 'tent', hours: 8000 });
  await world.publish({ topic: 'newest', key: 'tent', hours: 1 });
  await world.publish({ topic: 'newest', key: 'tent', partition: 1, hours: 9000 });
  await world.publish({ topic: 'week', key: 'tent', hours: 2 });
  await world.publish({ topic: 'week', key: 'tent', hours: 1 });
  await world.keepHouse();
  expect(await world.kept()).toEqual([1, 3, 4, 5, 6]);
  await world.keepHouse();
  expect(await world.kept()).toEqual([1, 3, 4, 5, 6]);
});

test('feeds that did not change for a week are forgotten with their entries', async () => {
  await using world = await setup();
  const { broker } = world;
  for (const feed of ['old', 'changing', 'new'])
    await broker.query(`select feed_append($1, 'first', '', 100)`, [feed]);
  await broker.query(
    `update feeds set changed_at = now() - interval '7 days 1 hour' where feed <> 'new'`,
  );
  await broker.query(`select feed_append('changing', 'second', '', 100)`);
  await world.keepHouse();
  const entries = await broker.query<{ feed: string }>('select feed from feed_entries order by 1');
  expect(entries.map(({ feed }) => feed)).toEqual(['changing', 'changing', 'new']);
  expect(await broker.query('select 1 from feeds')).toHaveLength(2);
});
