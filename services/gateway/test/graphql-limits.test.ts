import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { askGraph, codesOf, input, json, order, placeOrder, playShop } from './graph.ts';
import { setupLimits } from './limits-setup.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
  playShop(world);
});
afterEach(() => world.stop());

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** Fragments of which each spreads the next one twice: 2^20 fields in 20 lines. */
const doubling = `{ product(id: "a") { ...f0 } }
  ${times(20, (index) => `fragment f${String(index)} on Product { ...f${String(index + 1)} price { ...g${String(index)} } ...f${String(index + 1)} } fragment g${String(index)} on Money { cents }`)}
  fragment f20 on Product { id }`;

test.each([
  [
    'graphql-too-costly',
    '{ products(first: 100) { nodes { ...all } } again: products(first: 100) { nodes { ...all } } third: products(first: 100) { nodes { ...all ...all ...all } } } fragment all on Product { id name description category price { cents currency } a: price { cents currency } }',
  ],
  ['graphql-too-costly', '{ orders(first: 100) { nodes { lines { product { name } } } } }'],
  ['graphql-too-costly', doubling],
  [
    'graphql-too-many-aliases',
    `{ ${times(11, (index) => `p${String(index)}: product(id: "a") { id }`)} }`,
  ],
  ['graphql-invalid', '{ product(id: "a") { secret } }'],
  ['graphql-invalid', '{ product('],
  ['graphql-invalid', 'query($id: ID!) { product(id: $id) { id } }'],
  ['graphql-invalid', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
  ['introspection-off', getIntrospectionQuery()],
  ['introspection-off', '{ __type(name: "Order") { name } }'],
])('%s is said of %.60s, before a service is asked', async (code, query) => {
  const answer = await askGraph(world, query, { authorization: world.ada });
  expect(new Set(codesOf(answer))).toEqual(new Set([code]));
  expect(answer.status).toBe(400);
  expect(answer.data).toBeUndefined();
  expect(world.received).toEqual([]);
});

test('a text of more than 1,000 tokens is not parsed to its end', async () => {
  const query = `{ product(id: "a") { ${'id '.repeat(1000)}`;
  const answer = await askGraph(world, query);
  expect(codesOf(answer)).toEqual(['graphql-invalid']);
  expect(answer.errors[0]?.message).toContain('1000 tokens');
});

test('a page size in a variable counts as what it is', async () => {
  const query = 'query($n: Int!) { orders(first: $n) { nodes { lines { product { name } } } } }';
  const ask = (n: number) => askGraph(world, query, { variables: { n }, authorization: world.ada });
  expect((await ask(20)).errors).toEqual([]);
  expect(codesOf(await ask(100))).toEqual(['graphql-too-costly']);
});

test('orders with more lines than anyone would guess ask for 100 products and no more', async () => {
  world.behaviours.orders = (_, answer) =>
    json(
      answer,
      order(
        '7',
        Array.from({ length: 101 }, (_, index) => `p-${String(index)}`),
      ),
    );
  const query = '{ order(id: "7") { lines { product { id } } } }';
  const answer = await askGraph(world, query, { authorization: world.ada });
  expect(codesOf(answer)).toEqual(['graphql-too-costly']);
  expect(world.received.filter(({ service }) => service === 'catalog')).toHaveLength(100);
});

test('a screen of orders with their lines and products is well within the limits', async () => {
  const query = `{ orders { nodes { id state reason placedAt total { cents currency }
    lines { quantity price { cents currency } product { id name price { cents currency } } } }
    pageInfo { hasNextPage endCursor } } }`;
  expect((await askGraph(world, query, { authorization: world.ada })).errors).toEqual([]);
});

test('a batch is refused, and so is a mutation in an address', async () => {
  const headers = { 'content-type': 'application/json', authorization: world.ada };
  const body = JSON.stringify([{ query: '{ products { nodes { id } } }' }]);
  const batch = await world.ask('/graphql', { method: 'POST', headers, body });
  expect(batch.status).toBe(400);
  expect(batch.text).toContain('"graphql-batch"');
  const query = encodeURIComponent('mutation { cancelOrder(id: "7") { id } }');
  const mutation = await world.ask(`/graphql?query=${query}`, { headers });
  expect(mutation.status).toBe(405);
  expect(world.received).toEqual([]);
});

test('a setting opens introspection, and the page for browsers', async () => {
  const html = { headers: { accept: 'text/html' } };
  expect((await world.ask('/graphql', html)).text).not.toContain('GraphiQL');
  const explorer = await setup({ graphqlExplorer: true });
  const { data, errors } = await askGraph(explorer, getIntrospectionQuery());
  expect(errors).toEqual([]);
  expect(data).toHaveProperty('__schema');
  const page = await explorer.ask('/graphql', html);
  expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
  await explorer.stop();
});

test('a mutation counts as a write and is told so; each further field of a query counts as a read', async () => {
  await using platform = await setupLimits();
  const limited = await platform.gateway({
    burst: 5,
    change: { writes: { burst: 2, perMinute: 0.01 } },
  });
  playShop(limited);
  const authorization = limited.ada;
  const rest = await limited.ask('/v1/orders', { method: 'POST', headers: { authorization } });
  expect(rest.status).toBe(201);
  const place = () =>
    askGraph(limited, placeOrder, { variables: { key: 'key-1', input }, authorization });
  const first = await place();
  expect(first.errors).toEqual([]);
  expect(first.headers.ratelimit).toMatch(/^"writes";r=0/);
  const second = await place();
  expect(second.errors).toMatchObject([
    { extensions: { code: 'rate-limited', 'violated-policies': ['writes'] } },
  ]);
  // Of five reads, two went with the mutations; these three fields take the last.
  const query = '{ a: order(id: "1") { id } b: order(id: "2") { id } c: order(id: "3") { id } }';
  expect((await askGraph(limited, query, { authorization })).errors).toEqual([]);
  const refused = await limited.ask('/graphql', { method: 'POST', headers: { authorization } });
  expect(refused.status).toBe(429);
});

test('many mutations in one request are as many writes', async () => {
  await using platform = await setupLimits();
  const limited = await platform.gateway({ burst: 3 });
  limited.behaviours.orders = (_, answer) => json(answer, order('7'));
  const query = `mutation { ${times(4, (index) => `m${String(index)}: cancelOrder(id: "7") { id }`)} }`;
  const answer = await askGraph(limited, query, { authorization: limited.ada });
  expect(codesOf(answer)).toEqual(['rate-limited']);
  expect(limited.received).toHaveLength(3);
});

test('without a token the address has the budget of all public reads', async () => {
  await using platform = await setupLimits();
  const limited = await platform.gateway({ burst: 1 });
  playShop(limited);
  expect((await limited.ask('/v1/products')).status).toBe(200);
  expect((await limited.ask('/graphql?query={__typename}')).status).toBe(429);
});
