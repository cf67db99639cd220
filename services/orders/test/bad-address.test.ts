/** Addresses, methods, queries and cursors that lead nowhere. None changes anything, so they share one service. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { encodeCursor } from '@waymark/http/page.ts';
import { randomUUID } from 'node:crypto';
import { expectProblem, setup, type World } from './setup.ts';

let world: World;
let mine: string;
beforeAll(async () => {
  world = await setup();
  mine = await world.placed();
});
afterAll(() => world.stop());

const id = randomUUID();
const position = { placedAt: Date.parse('2026-03-01T10:00:00Z'), id };

test.each([position.placedAt, 0, 8_640_000_000_000_000])(
  'the cursor that the refused ones differ from is taken, at %d ms',
  async (placedAt) => {
    const answer = await world.get(`/v1/orders?cursor=${encodeCursor({ id, placedAt })}`);
    expect(answer.statusCode).toBe(200);
  },
);

test.each<[string, unknown]>([
  ['another member', { ...position, customerId: 'bob' }],
  ['no id', { placedAt: position.placedAt }],
  ['no time', { id }],
  ['an id that is none', { ...position, id: '1 or 1=1' }],
  ['an id as a URN', { ...position, id: `urn:uuid:${id}` }],
  ['a year that PostgreSQL has not', { ...position, placedAt: '0000-01-01T00:00:00Z' }],
  ['a time that is text', { ...position, placedAt: '2026-03-01T10:00:00Z' }],
  ['a time past all calendars', { ...position, placedAt: 8_640_000_000_000_001 }],
  ['a time before 1970', { ...position, placedAt: -1 }],
  ['a time that is fractional', { ...position, placedAt: 0.5 }],
  ['an array in the place of the object', [position]],
  ['null', null],
])('a cursor with %s was not given out by us', async (_, cursor) => {
  const answer = await world.get(`/v1/orders?cursor=${encodeCursor(cursor)}`);
  expectProblem(answer, 400, 'invalid-cursor');
});

test.each(['nonsense', 'e30', 'AAAA', '%00', '%F0%9F%8F%94', '..'])(
  'the cursor %s was not given out by us',
  async (cursor) => {
    expectProblem(await world.get(`/v1/orders?cursor=${cursor}`), 400, 'invalid-cursor');
  },
);

test.each([
  'limit=0',
  'limit=101',
  'limit=-1',
  'limit=abc',
  'limit=1.5',
  'limit=',
  'limit=1e9',
  'limit=Infinity',
  'limit=5&limit=6',
  'limit[a]=5',
  'cursor=',
  `cursor=${'a'.repeat(513)}`,
  'cursor=a&cursor=b',
  'state=confirmed',
  '__proto__=1',
])('the query %s is invalid', async (query) => {
  expectProblem(await world.get(`/v1/orders?${query}`), 400, 'invalid-request');
});

const malformedIds = [
  '',
  '7',
  'null',
  '%00',
  "'or'1'='1",
  `urn:uuid:${id}`,
  `%7B${id}%7D`,
  `${id}0`,
  id.replaceAll('-', ''),
  '..%2f..%2fetc',
];

test.each(malformedIds)('the order id %s is invalid', async (malformed) => {
  expectProblem(await world.get(`/v1/orders/${malformed}`), 400, 'invalid-request');
  expectProblem(await world.cancel(malformed), 400, 'invalid-request');
});

test('an order that does not exist is not found', async () => {
  expectProblem(await world.get(`/v1/orders/${id}`), 404, 'not-found');
  expectProblem(await world.cancel(id), 404, 'not-found');
});

test.each(['/', '/v1', '/v1/order', '/v2/orders', `/v1/orders/${id}/`, '//v1/orders'])(
  'nothing lives at %s',
  async (url) => {
    expectProblem(await world.get(url), 404, 'not-found');
  },
);

test('an address that is not encoded properly is refused', async () => {
  expectProblem(await world.get('/v1/orders/%ff'), 400, 'invalid-request');
});

test('an id longer than any that we give out is refused', async () => {
  expectProblem(await world.get(`/v1/orders/${'a'.repeat(129)}`), 414, 'uri-too-long');
});

test.each<['PUT' | 'DELETE' | 'PATCH' | 'POST' | 'GET' | 'OPTIONS', string, string]>([
  ['DELETE', '/v1/orders', 'POST, GET, HEAD'],
  ['PUT', '/v1/orders', 'POST, GET, HEAD'],
  ['OPTIONS', '/v1/orders', 'POST, GET, HEAD'],
  ['PATCH', `/v1/orders/${id}`, 'GET, HEAD'],
  ['POST', `/v1/orders/${id}`, 'GET, HEAD'],
  ['GET', `/v1/orders/${id}/cancel`, 'POST'],
])('%s %s is not a thing to do, and Allow says what is', async (method, url, allow) => {
  const headers = { authorization: world.ada };
  const answer = await world.app.server.inject({ method, url, headers });
  expectProblem(answer, 405, 'method-not-allowed');
  const allowed = String(answer.headers.allow).split(', ');
  expect(allowed.sort()).toEqual(allow.split(', ').sort());
});

test('another person’s order is not found, as if it did not exist', async () => {
  const bob = await world.issuer.bearer('bob', 'orders:read orders:write');
  const seen = await world.get(`/v1/orders/${mine}`, bob);
  expectProblem(seen, 404, 'not-found');
  expect(seen.body).toBe((await world.get(`/v1/orders/${id}`, bob)).body);
  expectProblem(await world.cancel(mine, bob), 404, 'not-found');
  expect((await world.order(mine)).state).toBe('placed');
});
