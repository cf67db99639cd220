import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test.each([
  ['GET', '/v1/products', 'catalog'],
  ['GET', '/v1/products/ridge-tent', 'catalog'],
  ['PATCH', '/v1/products/ridge-tent', 'catalog'],
  ['POST', '/v1/orders', 'orders'],
  ['GET', '/v1/orders', 'orders'],
  ['GET', '/v1/orders/7', 'orders'],
  ['POST', '/v1/orders/7/cancel', 'orders'],
  ['GET', '/v1/orders/7/events', 'notifications'],
  ['GET', '/v1/stock/ridge-tent', 'inventory'],
  ['PUT', '/v1/stock/ridge-tent', 'inventory'],
  ['GET', '/identity/.well-known/openid-configuration', 'identity'],
  ['POST', '/identity/token', 'identity'],
  ['OPTIONS', '/identity/token', 'identity'],
])('%s %s reaches %s', async (method, path, service) => {
  const answer = await world.ask(path, { method, headers: { authorization: world.ada } });
  expect(answer.status).toBe(200);
  expect(world.received).toMatchObject([{ service, method, url: path }]);
});

test('HEAD works where GET does, with the headers and no body', async () => {
  world.behaviours.catalog = (_, answer) => answer.setHeader('content-length', 7).end();
  const answer = await world.ask('/v1/products', { method: 'HEAD' });
  expect(world.received).toMatchObject([{ service: 'catalog', method: 'HEAD' }]);
  expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '7' }, text: '' });
});

test('products and sign-in need no token', async () => {
  expect((await world.ask('/v1/products')).status).toBe(200);
  expect((await world.ask('/identity/token', { method: 'POST' })).status).toBe(200);
});

test.each([
  ['PATCH', '/v1/products/ridge-tent', 'orders:write orders:read catalog:read'],
  ['POST', '/v1/orders', 'orders:read'],
  ['GET', '/v1/orders', 'orders:write'],
  ['GET', '/v1/orders/7', 'orders:write'],
  ['POST', '/v1/orders/7/cancel', 'orders:read'],
  ['GET', '/v1/orders/7/events', 'orders:write'],
  ['GET', '/v1/stock/ridge-tent', 'inventory:write'],
  ['PUT', '/v1/stock/ridge-tent', 'inventory:read'],
])(
  '%s %s is refused without its own scope, and never reaches a service',
  async (method, path, scope) => {
    const missing = await world.ask(path, { method });
    expect(missing.status).toBe(401);
    expect(missing.text).toContain('token-missing');
    const expired = await world.issuer.bearer('ada', 'orders:read', { exp: 1 });
    const invalid = await world.ask(path, { method, headers: { authorization: expired } });
    expect(invalid.status).toBe(401);
    expect(invalid.text).toContain('token-invalid');
    const authorization = await world.issuer.bearer('ada', scope);
    const wrong = await world.ask(path, { method, headers: { authorization } });
    expect(wrong.status).toBe(403);
    expect(wrong.text).toContain('scope-missing');
    expect(world.received).toEqual([]);
  },
);

test('a caller without a token is refused before its body is read', async () => {
  const answer = await world.ask('/v1/orders', { method: 'POST', body: 'x'.repeat(100_000) });
  expect(answer.status).toBe(401);
});

test('an unknown address is 404, and a method it does not take is 405 with those it does', async () => {
  const headers = { authorization: world.ada };
  for (const path of [
    '/',
    '/v1',
    '/v1/payments',
    '/v1/orders/7/parcels',
    '/identity',
    '/metrics',
  ]) {
    expect(await world.ask(path, { headers })).toMatchObject({ status: 404 });
  }
  const wrong = await world.ask('/v1/orders', { method: 'DELETE', headers });
  expect(wrong.status).toBe(405);
  expect(wrong.headers.allow?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST']);
  expect(wrong.headers['content-type']).toMatch('application/problem+json');
  expect((await world.ask('/v1/products', { method: 'POST', headers })).status).toBe(405);
  expect((await world.ask('/identity/token', { method: 'PUT', headers })).status).toBe(405);
  expect(world.received).toEqual([]);
});

test.each([
  '/v1/orders/../products',
  '/v1/products/../orders',
  '/v1/products/..',
  '/v1/products/%2e%2e',
  '/v1/products/..%2forders',
  '/v1/products/..%5corders',
  '/v1/products/..\\orders',
  '/v1/products//',
  '//v1/products',
  '/v1//products',
  '/identity/../v1/orders',
  '/identity/%2e%2e/v1/orders',
  '/identity//v1/orders',
  'http://elsewhere/v1/products',
  '/v1/products#/../orders',
  '/v1/products/é',
  '/v1/products/%',
  '/v1/products/%ff',
])('%s reaches no service but the one that its own route names', async (target) => {
  const answer = await world.bytes(
    `GET ${target} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nAuthorization: ${world.ada}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1.1 [24]/);
  const route = target.startsWith('/v1/products') ? 'catalog' : 'none';
  for (const { service } of world.received) expect(service).toBe(route);
});

test.each(['content-length', 'chunked'])('a body over 64 KiB is 413 (%s)', async (how) => {
  const ask = { method: 'POST', headers: { authorization: world.ada }, chunked: how === 'chunked' };
  const fits = await world.ask('/v1/orders', { ...ask, body: 'x'.repeat(64 * 1024) });
  expect(fits.status).toBe(200);
  const large = await world.ask('/v1/orders', { ...ask, body: 'x'.repeat(64 * 1024 + 1) });
  expect(large.status).toBe(413);
  expect(large.text).toContain('body-too-large');
  expect(world.received).toHaveLength(1);
});

test('the type of a problem document leads to the page of errors', async () => {
  const refused = await world.ask('/v1/orders');
  const { type } = JSON.parse(refused.text) as { type: string };
  const [path = '', code = ''] = type.split('#');
  const page = await world.ask(path);
  expect(page.status).toBe(200);
  expect(page.text).toContain(`### ${code}\n`);
});
