import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { setup, tent, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const LIST = '/v1/products?search=tent';
const PRODUCT = '/v1/products/ridge-tent';

type Metrics = World['metrics'];

async function readsBy(outcome: string, metrics: Metrics = world.metrics): Promise<number> {
  const text = await metrics.metrics();
  const line = new RegExp(`^catalog_cache_reads_total\\{outcome="${outcome}".*\\} (\\d+)$`, 'm');
  return Number(line.exec(text)?.[1] ?? 0);
}

const priceAt = async (url: string, app = world.app) =>
  JSON.stringify((await app.server.inject({ url })).json()).match(/"priceCents":(\d+)/)?.[1];

/** As if the store's clock went on; what processes hold for a second is for the test to wait for. */
async function age(seconds: number): Promise<void> {
  await world.broker.query(
    `update key_values set expires_at = expires_at - $1 * interval '1 second'`,
    [seconds],
  );
}

/** A change that nobody announces to the cache, as when the process dies right after its commit. */
async function changeUnseen(priceCents: number): Promise<void> {
  await world.database.query(`update products set price_cents = $1 where id = 'ridge-tent'`, [
    priceCents,
  ]);
}

test('an answer from the cache is byte for byte the one from the database', async () => {
  for (const url of [LIST, PRODUCT]) {
    const first = await world.get(url);
    const replica = await world.startReplica([]);
    const second = await replica.server.inject({ url });
    expect(second.body).toBe(first.body);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
  }
});

test('what another replica has loaded is not loaded again', async () => {
  await world.get(LIST);
  const metrics = createMetrics('catalog');
  const replica = await world.startReplica([], metrics);
  await replica.server.inject({ url: LIST });
  expect([await readsBy('stored', metrics), await readsBy('loaded', metrics)]).toEqual([1, 0]);
});

test.each([LIST, PRODUCT])('a change shows at once where it was made: %s', async (url) => {
  expect(await priceAt(url)).toBe('25000');
  for (const price of [1, 2, 3]) {
    await world.patch('ridge-tent', { priceCents: price });
    expect(await priceAt(url)).toBe(String(price));
  }
});

test.each([LIST, PRODUCT])('a change shows on another replica in 2 seconds: %s', async (url) => {
  const replica = await world.startReplica([]);
  expect(await priceAt(url, replica)).toBe('25000');
  await world.patch('ridge-tent', { priceCents: 7 });
  await eventually(async () => (await priceAt(url, replica)) === '7', 2000);
});

test('a load that began before a change does not outlive it', async () => {
  // The load waits for the table, the change has its lock.
  const asked = world.database.query(
    `begin; lock table products in access exclusive mode;
     select pg_sleep(0.3); update products set price_cents = 5 where id = 'ridge-tent'; commit`,
  );
  const early = Promise.all([priceAt(LIST), priceAt(PRODUCT)]);
  await asked;
  await world.patch('ridge-tent', { priceCents: 9 });
  await early;
  expect([await priceAt(LIST), await priceAt(PRODUCT)]).toEqual(['9', '9']);
});

test.each([LIST, PRODUCT])(
  'an answer that nobody took out of the cache is gone 10 seconds after it was read: %s',
  async (url) => {
    expect(await priceAt(url)).toBe('25000');
    await changeUnseen(1);
    // 7 in the store; 2 for the load before and 1 in memory after are within the bound too.
    const [left] = await world.broker.query<{ seconds: number }>(
      `select extract(epoch from max(expires_at) - clock_timestamp())::float8 as seconds
       from key_values where key <> 'catalog.generation'`,
    );
    expect(left?.seconds).toBeLessThanOrEqual(7);
    await age(7);
    await eventually(async () => (await priceAt(url)) === '1', 2000);
  },
);

test.each([
  ['no JSON', '{"items":['],
  ['nothing', ''],
  ['another shape', '{"items":[{"id":"ridge-tent"}],"nextCursor":null}'],
  ['null', 'null'],
])('junk in the cache is not given out, and is repaired: %s', async (_what, junk) => {
  const before = await Promise.all([world.get(LIST), world.get(PRODUCT)]);
  await world.broker.query('update key_values set value = $1', [junk]);
  // Junk for a generation is one like any other; under it, the answers are junk as well.
  const first = await world.startReplica([]);
  for (const url of [LIST, PRODUCT]) await first.server.inject({ url });
  await world.broker.query(`update key_values set value = $1 where key <> 'catalog.generation'`, [
    junk,
  ]);

  const metrics = createMetrics('catalog');
  const second = await world.startReplica([], metrics);
  for (const [index, url] of [LIST, PRODUCT].entries())
    expect((await second.server.inject({ url })).body).toBe(before[index]?.body);
  expect(await readsBy('junk', metrics)).toBe(2);

  const afterwards = createMetrics('catalog');
  const third = await world.startReplica([], afterwards);
  for (const url of [LIST, PRODUCT]) await third.server.inject({ url });
  expect(await readsBy('stored', afterwards)).toBe(2);
});

test('a cache that forgets everything is filled again, and changes still show at once', async () => {
  await world.get(LIST);
  await world.broker.query('truncate key_values, locks');
  const replica = await world.startReplica([]);
  expect(await priceAt(LIST, replica)).toBe('25000');
  await world.broker.query('truncate key_values, locks');
  await world.patch('ridge-tent', { priceCents: 3 });
  expect(await priceAt(LIST)).toBe('3');
});

test('products that do not exist are not remembered as missing', async () => {
  const url = '/v1/products/new-boat';
  expect((await world.get(url)).statusCode).toBe(404);
  await world.startReplica([{ ...tent, id: 'new-boat' }]);
  expect((await world.get(url)).statusCode).toBe(200);
});
