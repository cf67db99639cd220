import { afterEach, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { openLine, type Line } from '@waymark/testing/line.ts';
import { setup, type World } from './setup.ts';

const urls = ['/v1/products?search=tent', '/v1/products/ridge-tent', '/v1/products'];

let world: World;
let line: Line | undefined;
let store: TestDatabase | undefined;
afterEach(async () => {
  await line?.cut();
  await world.stop();
  await store?.drop();
  line = undefined;
  store = undefined;
});

async function setupBehindLine(): Promise<Line> {
  store = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  line = await openLine(store.url);
  world = await setup(undefined, { keyValueUrl: line.url });
  return line;
}

/** Reads and a change, each answered `withinMs`. */
async function expectService(withinMs: number): Promise<void> {
  for (const url of urls) {
    const startedAt = performance.now();
    const answer = await world.get(url);
    expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('Ridge Tent')]);
    expect(performance.now() - startedAt).toBeLessThan(withinMs);
  }
  expect(await world.metrics.metrics()).toMatch(/reads_total\{outcome="bypassed".*\} 3/);
  const change = await world.patch('ridge-tent', { priceCents: 11 });
  expect(change.statusCode).toBe(200);
  for (const url of urls) expect((await world.get(url)).body).toContain('"priceCents":11');
}

test('where nothing listens in the place of the cache, the database answers', async () => {
  const keyValueUrl = `postgres://nobody@127.0.0.1:${String(await freePort())}/nowhere`;
  world = await setup(undefined, { keyValueUrl });
  await expectService(1000);
});

test('a cache that takes questions and never answers holds no read up for two seconds', async () => {
  const behind = await setupBehindLine();
  // The first of each kind takes longer, and not for the cache.
  for (const url of urls) await world.get(url);
  await world.patch('ridge-tent', { priceCents: 10 });
  behind.silence();
  await expectService(2000);
});

test('a cache that is lost in mid-service costs no read, and serves again when it is back', async () => {
  const behind = await setupBehindLine();
  for (const url of urls) await world.get(url);
  await behind.cut();
  await store?.query('truncate key_values');
  await world.patch('ridge-tent', { priceCents: 10 });
  await expectService(1000);
  await behind.mend();
  await world.patch('ridge-tent', { priceCents: 12 });
  for (const url of urls) expect((await world.get(url)).body).toContain('"priceCents":12');
  await eventually(async () => {
    await world.get(urls[0] ?? '');
    return (await store?.query('select 1 from key_values'))?.length === 2;
  });
});

test('a service whose cache is away is ready', async () => {
  const keyValueUrl = `postgres://nobody@127.0.0.1:${String(await freePort())}/nowhere`;
  world = await setup(undefined, { keyValueUrl });
  for (const check of Object.values(world.app.checks))
    await expect(check()).resolves.toBeUndefined();
});
