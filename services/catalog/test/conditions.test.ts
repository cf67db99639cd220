import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const PRODUCT = '/v1/products/ridge-tent';

const tagAt = async (url: string) => String((await world.get(url)).headers.etag);
const patchSeen = (priceCents: number, tag: string, to = world.app) =>
  to.server.inject({
    method: 'PATCH',
    url: PRODUCT,
    headers: { authorization: world.staff, 'if-match': tag },
    payload: { priceCents },
  });

test.each([PRODUCT, '/v1/products?search=tent'])(
  'who has the newest %s is told so, and after a change gets the new one',
  async (url) => {
    const ask = (tag: string) =>
      world.app.server.inject({ url, headers: { 'if-none-match': tag } });
    const tag = await tagAt(url);
    const known = await ask(tag);
    expect([known.statusCode, known.body, known.headers.etag]).toEqual([304, '', tag]);
    await world.patch('ridge-tent', { priceCents: 1 });
    const changed = await ask(tag);
    expect([changed.statusCode, changed.body.includes('"priceCents":1,')]).toEqual([200, true]);
    expect(changed.headers.etag).not.toBe(tag);
  },
);

test('all replicas give one answer the same tag', async () => {
  const replica = await world.startReplica([]);
  for (const url of [PRODUCT, '/v1/products']) {
    expect((await replica.server.inject({ url })).headers.etag).toBe(await tagAt(url));
  }
});

test('a change of what has changed since is refused, until the product is read again', async () => {
  const tag = await tagAt(PRODUCT);
  const first = await patchSeen(20_000, tag);
  expect([first.statusCode, first.headers.etag]).toEqual([200, await tagAt(PRODUCT)]);
  const second = await patchSeen(30_000, tag);
  expect([second.statusCode, second.json()]).toEqual([
    412,
    expect.objectContaining({ code: 'precondition-failed' }),
  ]);
  expect((await world.get(PRODUCT)).json()).toMatchObject({ priceCents: 20_000 });
  expect((await patchSeen(30_000, await tagAt(PRODUCT))).statusCode).toBe(200);
});

test('of ten who change at once what they all have seen, exactly one does', async () => {
  const tag = await tagAt(PRODUCT);
  const replica = await world.startReplica([]);
  const prices = Array.from({ length: 10 }, (_, index) => 30_000 + index);
  const answers = await Promise.all(
    prices.map((priceCents, index) =>
      patchSeen(priceCents, tag, index % 2 === 0 ? world.app : replica),
    ),
  );
  const done = answers.filter(({ statusCode }) => statusCode === 200);
  expect(answers.filter(({ statusCode }) => statusCode === 412)).toHaveLength(9);
  expect(done).toHaveLength(1);
  expect(
    await world.database.query(
      `select price_cents::int, version from products where id = 'ridge-tent'`,
    ),
  ).toEqual([{ price_cents: done[0]?.json<{ priceCents: number }>().priceCents, version: 2 }]);
});
