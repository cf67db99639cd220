import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { encodeCursor } from '@waymark/http/page.ts';
import { readFile } from 'node:fs/promises';
import { walkAt } from './pages.ts';
import { setup, type World } from './setup.ts';

interface Price {
  priceCents: number;
  currency: string;
  changedAt: string;
}

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

async function pricesOf(id: string, limit = 20): Promise<number[]> {
  const prices = await walkAt<Price>(world, `/v1/products/${id}/prices?limit=${String(limit)}`);
  return prices.map(({ priceCents }) => priceCents);
}

test('the history begins with the price that the product came with', async () => {
  const answer = await world.get('/v1/products/ridge-tent/prices');
  expect(answer.json()).toEqual({
    items: [{ priceCents: 25_000, currency: 'EUR', changedAt: expect.stringMatching(/Z$/) }],
    nextCursor: null,
  });
});

test('each new price is a line of the history, newest first; a new name is not', async () => {
  await world.patch('ridge-tent', { priceCents: 19_900 });
  await world.patch('ridge-tent', { name: 'Ridge Tent II' });
  await world.patch('ridge-tent', { priceCents: 19_900 });
  await world.patch('ridge-tent', { priceCents: 25_000 });
  expect(await pricesOf('ridge-tent')).toEqual([25_000, 19_900, 25_000]);
  expect(await pricesOf('tin-mug')).toEqual([1250]);
});

test('pages walk through the whole history, whatever is added meanwhile', async () => {
  for (const priceCents of [1, 2, 3, 4, 5]) await world.patch('ridge-tent', { priceCents });
  const seen = await walkAt<Price>(world, '/v1/products/ridge-tent/prices?limit=2', () =>
    world.patch('ridge-tent', { priceCents: Math.ceil(performance.now()) }),
  );
  expect(seen.map(({ priceCents }) => priceCents)).toEqual([5, 4, 3, 2, 1, 25_000]);
});

test('changes at the same time are all in the history, and the newest is the price', async () => {
  const prices = Array.from({ length: 10 }, (_, index) => 100 + index);
  await Promise.all(prices.map((priceCents) => world.patch('tin-mug', { priceCents })));
  const history = await pricesOf('tin-mug', 3);
  expect(history.toSorted((a, b) => a - b)).toEqual([...prices, 1250]);
  const { priceCents } = (await world.get('/v1/products/tin-mug')).json<Price>();
  expect(history[0]).toBe(priceCents);
});

test('a price and its line of the history are one commit', async () => {
  await world.database.query(
    'alter table price_changes add constraint full_disk check (false) not valid',
  );
  expect((await world.patch('ridge-tent', { priceCents: 1 })).statusCode).toBe(500);
  expect((await world.get('/v1/products/ridge-tent')).json()).toMatchObject({ priceCents: 25_000 });
});

test('a second start adds nothing to the history', async () => {
  await world.startReplica([
    { id: 'ridge-tent', name: 'R', description: 'R', category: 'tents', priceCents: 7 },
  ]);
  expect(await pricesOf('ridge-tent')).toEqual([25_000]);
});

test('products that were there before the history begin it with the price that they have', async () => {
  await world.patch('ridge-tent', { priceCents: 19_900 });
  await world.database.query('drop table price_changes');
  const migration = new URL('../migrations/0004-price-changes.sql', import.meta.url);
  await world.database.query(await readFile(migration, 'utf8'));
  expect(await pricesOf('ridge-tent')).toEqual([19_900]);
  await world.patch('ridge-tent', { priceCents: 5 });
  expect(await pricesOf('ridge-tent')).toEqual([5, 19_900]);
});

test('odd histories are refused', async () => {
  const other = encodeCursor({ productId: 'tin-mug', version: 2 });
  const far = encodeCursor({ productId: 'ridge-tent', version: 2 ** 31 });
  const expected = {
    'ridge-boat/prices': '404 not-found',
    'Ridge-Tent/prices': '400 invalid-request',
    'ridge-tent/prices?sort=name': '400 invalid-request',
    'ridge-tent/prices?limit=101': '400 invalid-request',
    'ridge-tent/prices?cursor=bm9wZQ': '400 invalid-cursor',
    [`ridge-tent/prices?cursor=${other}`]: '400 invalid-cursor',
    [`ridge-tent/prices?cursor=${far}`]: '400 invalid-cursor',
  };
  const answers: Record<string, string> = {};
  for (const address of Object.keys(expected)) {
    const answer = await world.get(`/v1/products/${address}`);
    answers[address] = `${String(answer.statusCode)} ${answer.json<{ code: string }>().code}`;
  }
  expect(answers).toEqual(expected);
});
