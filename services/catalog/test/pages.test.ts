import { afterEach, expect, test } from '@jest/globals';
import { walk, type Item, type Page } from './pages.ts';
import { manyProducts, mug, setup, sorts, tent, type World } from './setup.ts';

let world: World;
afterEach(() => world.stop());

function compare(sort: string) {
  const key = (item: Item) => (sort.endsWith('name') ? item.name : item.priceCents);
  const direction = sort.startsWith('-') ? -1 : 1;
  return (a: Item, b: Item) => {
    if (key(a) === key(b)) return a.id < b.id ? -direction : direction;
    return key(a) < key(b) ? -direction : direction;
  };
}

test('a page shows each product whole, and nothing else of it', async () => {
  world = await setup();
  const answer = await world.get('/v1/products');
  expect(answer.json()).toEqual({
    items: [
      { ...tent, currency: 'EUR' },
      { ...mug, currency: 'EUR' },
    ],
    nextCursor: null,
  });
});

test.each(sorts)(
  'pages sorted by %s walk through every product once and in order',
  async (sort) => {
    const products = manyProducts(25);
    world = await setup(products);
    const items = await walk(world, `sort=${sort}&limit=4`);
    expect(items.map((item) => item.id).sort()).toEqual(products.map(({ id }) => id).sort());
    expect(items).toEqual(items.toSorted(compare(sort)));
  },
);

test.each(sorts)(
  'pages sorted by %s neither skip nor repeat the others while products come and change',
  async (sort) => {
    const products = manyProducts(25);
    const [moving, ...others] = products;
    world = await setup(products);
    let step = 0;
    const items = await walk(world, `sort=${sort}&limit=4`, async () => {
      step += 1;
      const far = step % 2 === 0;
      await world.patch(moving?.id ?? '', {
        name: far ? 'Zz' : 'Aa',
        priceCents: far ? 90_000_000 : 1,
      });
      await world.startReplica([
        {
          ...tent,
          id: `new-${String(step)}`,
          name: far ? 'A new one' : 'Z new one',
          priceCents: 150,
        },
      ]);
    });
    const known = new Set(others.map(({ id }) => id));
    const seen = items.map((item) => item.id).filter((id) => known.has(id));
    expect(seen.sort()).toEqual([...known].sort());
  },
);

test('names are in the order of a dictionary, not of their bytes', async () => {
  const names = ['tent', 'Étude Mat', 'Tarp', 'zip', 'Eau Bottle', 'Fuel'];
  world = await setup(names.map((name, index) => ({ ...tent, id: `p-${String(index)}`, name })));
  const items = await walk(world, 'limit=2');
  expect(items.map((item) => item.name)).toEqual([
    'Eau Bottle',
    'Étude Mat',
    'Fuel',
    'Tarp',
    'tent',
    'zip',
  ]);
});

test('the longest names that a product can have still fit a cursor', async () => {
  const longest = ['🏔', '"', '\\', 'é'].map((character, index) => ({
    ...tent,
    id: `${'x'.repeat(62)}-${String(index)}`,
    name: character.repeat(64),
  }));
  world = await setup(longest);
  expect(await walk(world, 'sort=-name&limit=1')).toHaveLength(4);
});

test('a last page that is exactly full is the last one', async () => {
  world = await setup(manyProducts(8));
  const first = (await world.get('/v1/products?limit=4')).json<Page>();
  const second = (
    await world.get(`/v1/products?limit=4&cursor=${first.nextCursor ?? ''}`)
  ).json<Page>();
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([4, 4, null]);
});

test('without a limit a page holds 20', async () => {
  world = await setup(manyProducts(25));
  expect((await world.get('/v1/products')).json<Page>().items).toHaveLength(20);
});

test('a category narrows the list, across pages too', async () => {
  const products = manyProducts(25);
  world = await setup(products);
  const items = await walk(world, 'category=thirds&sort=-priceCents&limit=2');
  const expected = products.filter(({ category }) => category === 'thirds').map(({ id }) => id);
  expect(items.map((item) => item.id).sort()).toEqual(expected.sort());
  expect(items).toEqual(items.toSorted(compare('-priceCents')));
});

test('a category that nothing is in is an empty page, whatever it is called', async () => {
  world = await setup();
  for (const category of ['boats', 'Tents', "tents' or true --", '🏔']) {
    const answer = await world.get(`/v1/products?category=${encodeURIComponent(category)}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ items: [], nextCursor: null });
  }
});
