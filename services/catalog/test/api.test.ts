import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setup, tent, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('anyone may look at a product, with a token, without, or with a bad one', async () => {
  for (const headers of [{}, { authorization: 'Bearer no.good.token' }]) {
    const answer = await world.app.server.inject({ url: '/v1/products/ridge-tent', headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ ...tent, currency: 'EUR' });
  }
});

test('a product that does not exist is not found', async () => {
  const answer = await world.get('/v1/products/ridge-boat');
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ code: 'not-found' });
});

test('odd ids are refused, and reach nothing else', async () => {
  const expected = {
    'Ridge-Tent': '400 invalid-request',
    ['x'.repeat(65)]: '400 invalid-request',
    '%00': '400 invalid-request',
    'tin-mug%00': '400 invalid-request',
    '..%2F..%2Fetc': '400 invalid-request',
    "tin-mug'--": '400 invalid-request',
    '%zz': '400 invalid-request',
    '': '400 invalid-request',
    '../../etc': '404 not-found',
    'tin-mug/price': '404 not-found',
    ['x'.repeat(5000)]: '414 uri-too-long',
  };
  const answers: Record<string, string> = {};
  for (const id of Object.keys(expected)) {
    const answer = await world.get(`/v1/products/${id}`);
    answers[id] = `${String(answer.statusCode)} ${answer.json<{ code: string }>().code}`;
  }
  expect(answers).toEqual(expected);
});

test('staff changes what may be changed, and everyone sees it', async () => {
  const change = { name: 'Ridge Tent II', description: 'Lighter.', priceCents: 26_000 };
  const answer = await world.patch('ridge-tent', change);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ ...tent, ...change, currency: 'EUR' });
  expect((await world.get('/v1/products/ridge-tent')).json()).toEqual(answer.json());
});

test('a change of one field leaves the others', async () => {
  const answer = await world.patch('ridge-tent', { priceCents: 1 });
  expect(answer.json()).toEqual({ ...tent, priceCents: 1, currency: 'EUR' });
});

test('a product that does not exist cannot be changed', async () => {
  const answer = await world.patch('ridge-boat', { priceCents: 1 });
  expect(answer.statusCode).toBe(404);
});

test('a change without a token is refused', async () => {
  const answer = await world.app.server.inject({
    method: 'PATCH',
    url: '/v1/products/ridge-tent',
    payload: { priceCents: 1 },
  });
  expect(answer.statusCode).toBe(401);
  expect(answer.json()).toMatchObject({ code: 'token-missing' });
});

test('a change with a token for other things is refused, and nothing changes', async () => {
  const other = await world.issuer.bearer('ada', 'orders:write inventory:write catalog:writes');
  const answer = await world.patch('ridge-tent', { priceCents: 1 }, other);
  expect(answer.statusCode).toBe(403);
  expect(answer.json()).toMatchObject({ code: 'scope-missing', scope: 'catalog:write' });
  expect((await world.get('/v1/products/ridge-tent')).json()).toMatchObject({ priceCents: 25_000 });
});

/** What a change to each of `bodies` is answered with, and that the product is still as it was. */
async function checkRefused(bodies: Record<string, unknown>, code: string): Promise<void> {
  const answers: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const [what, payload] of Object.entries(bodies)) {
    const answer = await world.patch('ridge-tent', payload);
    answers[what] = `${String(answer.statusCode)} ${answer.json<{ code: string }>().code}`;
    expected[what] = `400 ${code}`;
  }
  expect(answers).toEqual(expected);
  const product = await world.get('/v1/products/ridge-tent');
  expect(product.json()).toEqual({ ...tent, currency: 'EUR' });
}

test('a change to what cannot be changed is refused, even beside what can', () =>
  checkRefused(
    {
      nothing: {},
      'an unknown field': { priceCents: 1, colour: 'red' },
      'an id': { id: 'tin-mug', priceCents: 1 },
      'a version': { version: 9 },
      'a currency': { currency: 'USD' },
      'a category': { category: 'boats' },
      'a list': [],
      null: null,
      'a text': '"priceCents"',
      'a prototype': '{"priceCents":1,"__proto__":{"priceCents":2}}',
    },
    'invalid-request',
  ));

test('a change to a wrong type or out of bounds is refused', () =>
  checkRefused(
    {
      'a number for a name': { name: 5 },
      'null for a name': { name: null },
      'a text for a price': { priceCents: '100' },
      'true for a price': { priceCents: true },
      'a price of zero': { priceCents: 0 },
      'a negative price': { priceCents: -1 },
      'a fraction of a cent': { priceCents: 99.5 },
      'a price beyond the limit': { priceCents: 100_000_001 },
      'a price beyond any number': '{"priceCents":1e999}',
      'an empty name': { name: '' },
      'a name that is too long': { name: 'x'.repeat(65) },
      'a description that is too long': { description: 'x'.repeat(1001) },
      'a line break in a name': { name: 'Ridge\nTent' },
      'a control character in a description': { description: 'bell\u0007' },
    },
    'invalid-request',
  ));

test('a body that cannot be read or stored is refused', () =>
  checkRefused(
    {
      'a NUL in the name': '{"name":"Ridge\\u0000Tent"}',
      'half a surrogate pair': '{"name":"\\ud800"}',
      'half a document': '{"name":',
      'no body': '',
    },
    'malformed-json',
  ));

test('the longest name, the longest description and the highest price are accepted', async () => {
  const change = { name: '🏔'.repeat(64), description: 'é'.repeat(1000), priceCents: 100_000_000 };
  const answer = await world.patch('ridge-tent', change);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject(change);
});

test('the service is ready while its database can be read', async () => {
  await expect(world.app.checks.database?.()).resolves.toBeUndefined();
  await world.database.query('alter table products rename to elsewhere');
  await expect(world.app.checks.database?.()).rejects.toThrow('products');
});
