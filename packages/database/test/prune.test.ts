import { expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createPruning } from '../src/prune.ts';

const migrations = new URL('../../messaging/migrations/', import.meta.url);
const DAY_MS = 24 * 3600 * 1000;
const now = new Date('2026-03-01T00:00:00Z');

async function setup() {
  const database = await createTestDatabase(migrations);
  const parts: ReturnType<typeof createPruning>[] = [];
  const batches: number[] = [];
  return {
    batches,
    add: (count: number, ageDays: number) =>
      database.query(
        `insert into feeds (feed, last_id, changed_at)
          select $2 || '/' || number, 0, $3 from generate_series(1, $1::int) number`,
        [count, String(ageDays), new Date(now.getTime() - ageDays * DAY_MS)],
      ),
    start() {
      const part = createPruning({
        name: 'feeds',
        keptMs: 7 * DAY_MS,
        clock: () => now,
        log: silentLog,
        async deleteOlder(than, limit) {
          const deleted = await database.query(
            `delete from feeds where feed in (select feed from feeds where changed_at < $1
              limit $2 for update skip locked) returning 1`,
            [than, limit],
          );
          batches.push(deleted.length);
          return deleted.length;
        },
      });
      parts.push(part);
      part.start();
    },
    count: async () => (await database.query('select 1 from feeds')).length,
    async [Symbol.asyncDispose]() {
      for (const part of parts) await part.stop();
      await database.drop();
    },
  };
}

test('what is older than its age is deleted in batches until nothing of it is left', async () => {
  await using world = await setup();
  await world.add(2500, 8);
  await world.add(30, 6);
  world.start();
  await eventually(async () => (await world.count()) === 30);
  await eventually(() => world.batches.length === 3);
  expect(world.batches).toEqual([1000, 1000, 500]);
});

test('replicas that prune at once share the work', async () => {
  await using world = await setup();
  await world.add(2500, 8);
  for (let replica = 0; replica < 2; replica += 1) world.start();
  await eventually(async () => (await world.count()) === 0);
  expect(world.batches.reduce((sum, count) => sum + count, 0)).toBe(2500);
});
