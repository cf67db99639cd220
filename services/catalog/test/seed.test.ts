import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readSeed } from '../src/seed.ts';
import { manyProducts, mug, setup, tent, type World } from './setup.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

/** Each product that the outbox announces, as often as it does, in order of the ids. */
async function announced({ database }: World): Promise<string[]> {
  const rows = await database.query<{ key: string }>('select key from outbox');
  return rows.map((row) => row.key).sort();
}

const idsOf = (products: { id: string }[]) => products.map(({ id }) => id).sort();

test('every product of the seed is for sale, and announced as version 1', async () => {
  world = await setup([tent, mug]);
  const heard = world.follow();
  await eventually(() => heard.length === 2);
  expect(heard.toSorted((a, b) => (a.productId < b.productId ? -1 : 1))).toEqual([
    {
      productId: 'ridge-tent',
      name: 'Ridge Tent',
      priceCents: 25_000,
      currency: 'EUR',
      version: 1,
    },
    { productId: 'tin-mug', name: 'Tin Mug', priceCents: 1250, currency: 'EUR', version: 1 },
  ]);
});

test('a second start adds and announces nothing', async () => {
  world = await setup([tent, mug]);
  await world.startReplica([tent, mug]);
  expect(await announced(world)).toEqual(['ridge-tent', 'tin-mug']);
});

test('replicas that start at the same time announce each product once, in whatever order their seeds are', async () => {
  world = await setup([]);
  const { startReplica } = world;
  const products = manyProducts(300);
  const seeds = [products, products.toReversed(), products, products.toReversed()];
  await Promise.all(seeds.map((seed) => startReplica(seed)));
  expect(await announced(world)).toEqual(idsOf(products));
  expect(await world.database.query('select id from products')).toHaveLength(300);
});

test('a seed that grew adds what is new, and leaves what staff have changed', async () => {
  world = await setup([tent]);
  await world.patch('ridge-tent', { priceCents: 19_900 });
  await world.startReplica([tent, mug]);
  expect((await world.get('/v1/products/ridge-tent')).json()).toMatchObject({ priceCents: 19_900 });
  expect(await announced(world)).toEqual(['ridge-tent', 'ridge-tent', 'tin-mug']);
});

test('a start that cannot announce the products does not sell them either, and the next one does both', async () => {
  const started = await setup([]);
  world = started;
  await started.database.query('alter table outbox add constraint full_disk check (false)');
  await expect(started.startReplica([tent])).rejects.toThrow('full_disk');
  expect(await started.database.query('select id from products')).toEqual([]);
  await started.database.query('alter table outbox drop constraint full_disk');
  await started.startReplica([tent]);
  expect(await announced(started)).toEqual(['ridge-tent']);
});

test('the shop opens with 300 products, each with an id and a name of its own', async () => {
  const seed = await readSeed(new URL('../seed/products.json', import.meta.url));
  expect(seed).toHaveLength(300);
  expect(new Set(idsOf(seed)).size).toBe(300);
  expect(new Set(seed.map(({ name }) => name)).size).toBe(300);
});

test.each([
  ['no list', tent],
  ['an empty list', []],
  ['an unknown field', [{ ...tent, colour: 'red' }]],
  ['a price in euros', [{ ...tent, priceCents: 19.9 }]],
  ['an id with capitals', [{ ...tent, id: 'Ridge-Tent' }]],
])('a seed file that is not a list of products is refused: %s', async (_what, content) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-seed-'));
  const file = path.join(folder, 'products.json');
  await writeFile(file, JSON.stringify(content));
  await expect(readSeed(pathToFileURL(file))).rejects.toThrow();
  await rm(folder, { recursive: true });
});
