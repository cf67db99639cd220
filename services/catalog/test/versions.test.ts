import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MERGE_PATCH } from '@waymark/http/bodies.ts';
import { mug, setup, tent, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const change = (payload: object, headers: Record<string, string> = { 'if-match': '*' }) =>
  world.app.server.inject({
    method: 'PATCH',
    url: '/v2/products/ridge-tent',
    headers: { authorization: world.staff, 'content-type': MERGE_PATCH, ...headers },
    payload: JSON.stringify(payload),
  });

test('a product is the same in both versions, but for its price', async () => {
  const { priceCents, ...texts } = tent;
  const first = await world.get('/v1/products/ridge-tent');
  const second = await world.get('/v2/products/ridge-tent');
  expect(first.json()).toEqual({ ...texts, priceCents, currency: 'EUR' });
  expect(second.json()).toEqual({ ...texts, price: { amount: '250.00', currency: 'EUR' } });
  expect(first.headers.etag).not.toBe(second.headers.etag);
});

test.each([
  [1, '0.01'],
  [99, '0.99'],
  [100, '1.00'],
  [36_900, '369.00'],
  [100_000_000, '1000000.00'],
])('%s cents are an amount of %s, and back', async (priceCents, amount) => {
  await world.patch('ridge-tent', { priceCents });
  const { price } = (await world.get('/v2/products/ridge-tent')).json<{ price: object }>();
  expect(price).toEqual({ amount, currency: 'EUR' });
  await world.patch('ridge-tent', { priceCents: 7 });
  expect((await change({ price })).json()).toMatchObject({ price });
  expect((await world.get('/v1/products/ridge-tent')).json()).toMatchObject({ priceCents });
});

test.each([
  { price: { amount: '0.00' } },
  { price: { amount: '1' } },
  { price: { amount: '1.5' } },
  { price: { amount: '01.50' } },
  { price: { amount: '-1.00' } },
  { price: { amount: '1000000.01' } },
  { price: { amount: 1.5 } },
  { price: { amount: '1.50', currency: 'USD' } },
  { price: { currency: 'EUR' } },
  { price: null },
  { priceCents: 100 },
])('v2 refuses the change %j', async (payload) => {
  const answer = await change(payload);
  expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request' });
  expect((await world.get('/v1/products/ridge-tent')).json()).toMatchObject({ priceCents: 25_000 });
});

test('a change of v2 must say what it has seen, in v2', async () => {
  const price = { amount: '1.00' };
  expect((await change({ price }, {})).json()).toMatchObject({ code: 'precondition-required' });
  const old = String((await world.get('/v1/products/ridge-tent')).headers.etag);
  expect((await change({ price }, { 'if-match': old })).statusCode).toBe(412);
  const seen = String((await world.get('/v2/products/ridge-tent')).headers.etag);
  expect((await change({ price }, { 'if-match': seen })).statusCode).toBe(200);
  const plain = await change({ price }, { 'if-match': '*', 'content-type': 'application/json' });
  expect(plain.statusCode).toBe(415);
});

test('each version sorts by its own names, and a list goes on in the other one', async () => {
  const first = (await world.get('/v1/products?sort=-priceCents&limit=1')).json<{
    nextCursor: string;
  }>();
  const second = await world.get(`/v2/products?sort=-price&limit=1&cursor=${first.nextCursor}`);
  expect(second.json()).toMatchObject({ items: [{ id: mug.id }], nextCursor: null });
  const unknown = await world.get('/v2/products?sort=priceCents');
  expect(unknown.json()).toMatchObject({
    code: 'unknown-sort',
    allowed: ['name', '-name', 'price', '-price'],
  });
  expect((await world.get('/v2/products?sort=constructor')).statusCode).toBe(400);
});

test('the history of a price is in both', async () => {
  const { items } = (await world.get('/v2/products/ridge-tent/prices')).json<{ items: object[] }>();
  const price = { amount: '250.00', currency: 'EUR' };
  expect(items).toEqual([{ price, changedAt: expect.any(String) }]);
});

test('every answer of v1 says that it is deprecated, until when it stays, and what to use', async () => {
  const answers = [
    await world.get('/v1/products?limit=1'),
    await world.app.server.inject({ method: 'HEAD', url: '/v1/products?limit=1' }),
    await world.get('/v1/products?sort=colour'),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      deprecation: '@1793491200',
      sunset: 'Mon, 01 Nov 2027 00:00:00 GMT',
      link: expect.stringContaining('</v2/products>; rel="successor-version"'),
    });
    expect(headers.link).toContain('</docs/api-evolution>; rel="deprecation"');
  }
  expect(answers[0]?.headers.link).toContain('rel="next"');
  const one = await world.get('/v1/products/ridge-tent');
  expect(one.headers.link).toContain('</v2/products/ridge-tent>; rel="successor-version"');
  const second = await world.get('/v2/products');
  expect(second.headers).not.toHaveProperty('deprecation');
  expect(second.headers).not.toHaveProperty('sunset');
});
