import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { askGraph, codesOf, input, json, order, placeOrder, playShop, problem } from './graph.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
  playShop(world);
});
afterEach(() => world.stop());

const asAda = () => ({ authorization: world.ada });
const urls = (service: string) =>
  world.received.filter((request) => request.service === service).map(({ url }) => url);

test('products are a page with a cursor for the next, in the sort and the search that were asked for', async () => {
  const { data } = await askGraph(
    world,
    `{ products(first: 2, after: "before", search: "a&b", category: "tents", sort: PRICE_DESC) {
      nodes { id price { cents currency } priceCents } pageInfo { hasNextPage endCursor } } }`,
  );
  expect(data).toEqual({
    products: {
      nodes: ['ridge-tent', 'tin-mug'].map((id) => ({
        id,
        price: { cents: 25_000, currency: 'EUR' },
        priceCents: 25_000,
      })),
      pageInfo: { hasNextPage: true, endCursor: 'next' },
    },
  });
  expect(urls('catalog')).toEqual([
    '/v1/products?limit=2&cursor=before&category=tents&search=a%26b&sort=-priceCents',
  ]);
});

test('orders are those of the token, and the last page says that it is', async () => {
  const query = '{ orders { nodes { id state placedAt } pageInfo { hasNextPage endCursor } } }';
  const { data } = await askGraph(world, query, asAda());
  const node = { state: 'PLACED', placedAt: '2026-03-01T10:00:00.000Z' };
  expect(data).toEqual({
    orders: {
      nodes: [
        { id: '1', ...node },
        { id: '2', ...node },
      ],
      pageInfo: { hasNextPage: false, endCursor: null },
    },
  });
  expect(world.received).toMatchObject([
    { service: 'orders', url: '/v1/orders?limit=20', headers: { authorization: world.ada } },
  ]);
});

test('money is exact where it is more than an Int can say', async () => {
  const { data } = await askGraph(
    world,
    '{ order(id: "7") { total { cents currency } } }',
    asAda(),
  );
  expect(data).toEqual({ order: { total: { cents: 3_000_000_000, currency: 'EUR' } } });
});

test('an order says of its refund how far it is, and null where there is none', async () => {
  const query = '{ order(id: "7") { refund { reason state requestedAt } } }';
  expect((await askGraph(world, query, asAda())).data).toEqual({ order: { refund: null } });
  const refund = { reason: 'damaged', requestedAt: '2026-01-20T14:05:00.000Z' };
  world.behaviours.orders = (_, answer) =>
    json(answer, { ...order('7', []), refund: { ...refund, state: 'done' } });
  const { data } = await askGraph(world, query, asAda());
  expect(data).toEqual({ order: { refund: { ...refund, state: 'DONE' } } });
});

test('the products of all order lines cost one call for each product, not one for each line', async () => {
  world.behaviours.orders = (_, answer) =>
    json(answer, {
      items: [
        order('1', ['tent', 'mug']),
        order('2', ['mug', 'tent']),
        order('3', ['tent', 'missing']),
      ],
      nextCursor: null,
    });
  const query =
    '{ orders { nodes { lines { product { id } } } } again: product(id: "tent") { id } }';
  const { data, errors } = await askGraph(world, query, asAda());
  expect(errors).toEqual([]);
  const lines = (...ids: (string | null)[]) => ({
    lines: ids.map((id) => ({ product: id === null ? null : { id } })),
  });
  expect(data).toMatchObject({
    orders: { nodes: [lines('tent', 'mug'), lines('mug', 'tent'), lines('tent', null)] },
    again: { id: 'tent' },
  });
  expect(urls('orders')).toHaveLength(1);
  expect(urls('catalog').toSorted()).toEqual([
    '/v1/products/missing',
    '/v1/products/mug',
    '/v1/products/tent',
  ]);
});

test('placing an order passes key, token and input on as they came', async () => {
  const variables = { key: 'key-1', input };
  const { data } = await askGraph(world, placeOrder, { variables, ...asAda() });
  expect(data).toMatchObject({ placeOrder: { id: 'new', state: 'PLACED' } });
  const [request] = world.received;
  expect(request).toMatchObject({
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': 'key-1', authorization: world.ada },
  });
  expect(JSON.parse(request?.body.toString() ?? '')).toEqual(input);
});

test('what a service refuses is told with its code, its members and when to ask again', async () => {
  world.behaviours.orders = (_, answer) =>
    problem(answer, {
      status: 422,
      code: 'unknown-product',
      members: { productIds: ['ridge-tent'] },
      headers: { 'retry-after': '3' },
    });
  const variables = { key: 'key-1', input };
  const { status, data, errors } = await askGraph(world, placeOrder, { variables, ...asAda() });
  expect(status).toBe(200);
  expect(data).toEqual({ placeOrder: null });
  expect(errors).toMatchObject([
    {
      message: 'It is unknown-product.',
      path: ['placeOrder'],
      extensions: {
        code: 'unknown-product',
        status: 422,
        productIds: ['ridge-tent'],
        retryAfterSeconds: 3,
      },
    },
  ]);
});

test.each(['a key', 'clé', 'a\r\nx-injected: 1', ''])(
  'a key that no header can carry (%j) is left to the service to refuse',
  async (key) => {
    await askGraph(world, placeOrder, { variables: { key, input }, ...asAda() });
    expect(world.received[0]?.headers['idempotency-key']).toBe('');
    expect(world.received[0]?.headers).not.toHaveProperty('x-injected');
  },
);

test('cancelling asks the service, which decides', async () => {
  const query = 'mutation { cancelOrder(id: "7") { id } }';
  expect((await askGraph(world, query, asAda())).data).toEqual({ cancelOrder: { id: '7' } });
  expect(world.received).toMatchObject([{ method: 'POST', url: '/v1/orders/7/cancel' }]);
  world.behaviours.orders = (_, answer) =>
    problem(answer, { status: 409, code: 'already-confirmed' });
  expect(codesOf(await askGraph(world, query, asAda()))).toEqual(['already-confirmed']);
});

test('an id leads to no other address', async () => {
  const query = 'query($id: ID!) { order(id: $id) { id } }';
  const ask = (id: string) => askGraph(world, query, { variables: { id }, ...asAda() });
  for (const id of ['..', '.', '../products', '7/cancel']) {
    expect(codesOf(await ask(id))).toEqual(['not-found']);
  }
  await ask('7?x=1');
  await ask('%2e%2e');
  expect(urls('orders')).toEqual(['/v1/orders/7%3Fx%3D1', '/v1/orders/%252e%252e']);
});

test('a service that is down takes only its own fields away', async () => {
  await world.kill('orders');
  const query = '{ products { nodes { id } } orders { nodes { id } } }';
  const answer = await askGraph(world, query, asAda());
  expect(answer.data).toMatchObject({ products: { nodes: [{}, {}] }, orders: null });
  expect(answer.errors).toMatchObject([{ path: ['orders'], extensions: { code: 'unavailable' } }]);
});

test('the trace and the caller’s address reach the services', async () => {
  await askGraph(world, '{ product(id: "a") { id } }');
  expect(world.received[0]?.headers).toMatchObject({
    traceparent: expect.stringMatching(/^00-/) as unknown,
    'x-deadline-ms': expect.stringMatching(/^\d+$/) as unknown,
    'x-forwarded-for': '127.0.0.1',
  });
});

test('an answer that is no problem document and no success is unavailable', async () => {
  world.behaviours.catalog = (_, answer) => answer.writeHead(502).end('<html>');
  expect(codesOf(await askGraph(world, '{ product(id: "a") { id } }'))).toEqual(['unavailable']);
});

test('an answer that breaks the schema is our error, and says nothing of it', async () => {
  world.behaviours.catalog = (_, answer) => json(answer, { id: 'a' });
  const { errors } = await askGraph(world, '{ product(id: "a") { name } }');
  expect(errors).toMatchObject([{ extensions: { code: 'internal-error' } }]);
  expect(errors[0]?.message).not.toContain('Product.name');
});
