import { afterEach, expect, test } from '@jest/globals';
import { walk } from './pages.ts';
import { manyProducts, mug, setup, sorts, tent, type World } from './setup.ts';

let world: World;
afterEach(() => world.stop());

const gear = [
  tent,
  mug,
  { ...mug, id: 'tea-kettle', name: 'Kettle', description: 'Boils tea for two in a tent.' },
  { ...tent, id: 'peg-set', name: 'Peg Set', description: 'Holds any tents.', priceCents: 900 },
  { ...tent, id: 'foil-bag', name: 'Emergency Foil Bag', description: 'Warm.', category: 'bags' },
];

async function found(search: string, more = ''): Promise<string[]> {
  return (await walk(world, `search=${encodeURIComponent(search)}${more}`)).map(({ id }) => id);
}

test('a search finds words of names, descriptions and categories, whatever their ending', async () => {
  world = await setup(gear);
  expect(await found('kettles')).toEqual(['tea-kettle']);
  expect(await found('boiling')).toEqual(['tea-kettle']);
  expect(await found('cook')).toEqual(expect.arrayContaining(['tin-mug', 'tea-kettle']));
  expect(await found('canoe')).toEqual([]);
});

test('a name that matches comes before a description that does', async () => {
  world = await setup(gear);
  const ids = await found('tent');
  expect(ids[0]).toBe('ridge-tent');
  expect(ids.toSorted()).toEqual(['peg-set', 'ridge-tent', 'tea-kettle']);
});

test('all words must match, unless the search says otherwise', async () => {
  world = await setup(gear);
  expect(await found('tea tent')).toEqual(['tea-kettle']);
  expect(await found('tent -kettle -peg')).toEqual(['ridge-tent']);
  expect((await found('foil or kettle')).toSorted()).toEqual(['foil-bag', 'tea-kettle']);
  expect(await found('"tin mug"')).toEqual(['tin-mug']);
  expect(await found('"mug tin"')).toEqual([]);
});

test('the last word may be half typed, even where its stem is shorter than what is typed', async () => {
  world = await setup(gear);
  expect(await found('ridg')).toEqual(['ridge-tent']);
  expect(await found('ridge te')).toEqual(['ridge-tent']);
  expect(await found('emergen')).toEqual(['foil-bag']);
  expect(await found('te ridge')).toEqual([]);
});

test('a search goes together with a category and with every sort', async () => {
  world = await setup(gear);
  expect((await found('tent', '&category=tents')).toSorted()).toEqual(['peg-set', 'ridge-tent']);
  expect(await found('tent', '&sort=priceCents')).toEqual(['peg-set', 'tea-kettle', 'ridge-tent']);
  expect(await found('tent', '&sort=-name')).toEqual(['ridge-tent', 'peg-set', 'tea-kettle']);
});

test.each(['relevance', ...sorts])(
  'pages of a search sorted by %s walk through all that it finds once',
  async (sort) => {
    const products = manyProducts(25).map((product, index) => ({
      ...product,
      description: index % 2 === 0 ? 'Warm. '.repeat(1 + (index % 3)) : 'Cold.',
    }));
    world = await setup(products);
    const expected = products.filter(({ description }) => description !== 'Cold.');
    const ids = await found('warm', `&sort=${sort}&limit=4`);
    expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).sort());
    const ranked = await found('warm', `&sort=${sort}`);
    expect(ids).toEqual(ranked);
  },
);

test.each([
  ['only punctuation', '!!! ??? --- "" \' \\ & | : * ( ) <-> @@ %'],
  ['only stop words', 'the and of'],
  ['a stop word that other words begin with', 'the'],
  ['only spaces', '   '],
  ['Chinese', '帐篷'],
  ['Arabic', 'خيمة'],
  ['Hindi', 'तम्बू'],
  ['emoji', '🏕️🏕️'],
  ['a letter under 199 accents', `e${'\u0301'.repeat(199)}`],
  ['200 characters of four bytes', '𐍈'.repeat(200)],
  ['a query of the database', "tent':* & !! | <-> 'x"],
  ['SQL', "'; drop table products; --"],
])('a search that nothing can match is an empty page: %s', async (_what, search) => {
  world = await setup([{ ...tent, name: 'Thermal Boat', description: 'Warm.' }]);
  const answer = await world.get(`/v1/products?search=${encodeURIComponent(search)}`);
  expect([answer.statusCode, answer.json()]).toEqual([200, { items: [], nextCursor: null }]);
});

test.each([
  ['Палатка', 'палатка'],
  ['Ζεστή σκηνή', 'σκηνή'],
  ['ÉTUDE Mat', 'étude'],
])('words of other scripts are found as they are written: %s', async (name, search) => {
  world = await setup([{ ...tent, name }]);
  expect(await found(search)).toEqual(['ridge-tent']);
});

test('spaces around a search mean nothing', async () => {
  world = await setup(gear);
  expect(await found('  ridge\t')).toEqual(['ridge-tent']);
});

test('relevance is an order of searches alone', async () => {
  world = await setup(gear);
  const without = await world.get('/v1/products?sort=relevance');
  expect([without.statusCode, without.json()]).toMatchObject([400, { allowed: sorts }]);
  const unknown = await world.get('/v1/products?search=tent&sort=rank');
  expect(unknown.json()).toMatchObject({ code: 'unknown-sort', allowed: ['relevance', ...sorts] });
});

test('a place by relevance belongs to its search, and to no other list', async () => {
  world = await setup(gear);
  const page = await world.get('/v1/products?search=tent&limit=1');
  const { nextCursor } = page.json<{ nextCursor: string }>();
  const answers = await Promise.all(
    ['search=tent', 'search=tea', 'search=tent&sort=name', 'limit=20'].map(async (query) => {
      const answer = await world.get(`/v1/products?${query}&cursor=${nextCursor}`);
      return answer.statusCode;
    }),
  );
  expect(answers).toEqual([200, 400, 400, 400]);
});
