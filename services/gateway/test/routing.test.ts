import { expect, test } from '@jest/globals';
import { isPlain, routes } from '../src/routing.ts';

test('only products and sign-in are public', () => {
  const open = routes.filter(({ scopes }) => scopes.length === 0);
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/products',
    'GET /v1/products/:id',
    'GET /v1/products/:id/prices',
    'GET /v2/products',
    'GET /v2/products/:id',
    'GET /v2/products/:id/prices',
    'GET /identity/*',
    'POST /identity/*',
    'OPTIONS /identity/*',
  ]);
});

test('whatever changes something needs a scope that says write, or refund', () => {
  const guarded = routes.filter(({ scopes }) => scopes.length > 0);
  const changes = guarded.filter(({ method }) => method !== 'GET');
  expect(changes).not.toHaveLength(0);
  for (const { scopes } of changes) expect(scopes.join()).toMatch(/^\w+:(write|refund)$/);
});

test('an event stream is the only answer without an end', () => {
  const streams = routes.filter(({ streaming }) => streaming);
  expect(streams.map(({ path, upstream }) => [path, upstream])).toEqual([
    ['/v1/orders/:id/events', 'notifications'],
  ]);
});

test.each([
  '/v1/products',
  '/v1/products/ridge-tent?search=a//b&next=../%2f',
  '/identity/.well-known/openid-configuration',
  '/v1/products/..tent..',
  '/v1/products/a%20b',
])('%s can be read in one way only', (target) => {
  expect(isPlain(target)).toBe(true);
});

test.each([
  '/v1/orders/../products',
  '/v1/orders/..',
  '/v1/orders/./events',
  '/v1/orders/%2e%2E/events',
  '/v1/orders/.%2e?x',
  '/v1/orders/..;/events',
  '/v1/orders/..#/events',
  '//v1/orders',
  '/v1//orders',
  '/v1/orders/a%2Fb',
  '/v1/orders/a%5cb',
  '/v1/orders/a\\b',
  'http://elsewhere/v1/products',
  '*',
  '',
])('%s can be read in two ways', (target) => {
  expect(isPlain(target)).toBe(false);
});
