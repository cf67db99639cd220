import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { body, setup, type World } from './setup.ts';

// None of these requests changes anything, so one processor serves them all.
let world: World;
beforeAll(async () => {
  world = await setup();
});
afterAll(() => world.stop());

test.each([undefined, '', 'Bearer ', 'Bearer wrong', 'a-key-of-one-merchant', 'Basic YTpi'])(
  'without the merchant’s API key nothing is done (%s)',
  async (authorization) => {
    for (const path of ['/v1/holds', `/v1/holds/${randomUUID()}/capture`]) {
      const answer = await world.post(path, body, { authorization });
      expect(answer).toMatchObject({ status: 401, body: { code: 'api-key-invalid' } });
    }
    expect(await world.books()).toEqual([]);
  },
);

test.each([
  ['a field missing', { ...body, currency: undefined }],
  ['an unknown field', { ...body, capture: true }],
  ['a negative amount', { ...body, amountCents: -1 }],
  ['half a cent', { ...body, amountCents: 0.5 }],
  ['an amount beyond what a number holds', { ...body, amountCents: 1e18 }],
  ['an amount as text', { ...body, amountCents: '100' }],
  ['a currency in small letters', { ...body, currency: 'eur' }],
  ['an empty reference', { ...body, reference: '' }],
  ['a reference of 101 characters', { ...body, reference: 'r'.repeat(101) }],
  ['a space in the card token', { ...body, cardToken: 'tok approve' }],
  ['a list', [body]],
  ['null', null],
])('a hold with %s is invalid-request', async (_what, payload) => {
  const answer = await world.post('/v1/holds', payload);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  expect(answer.body.errors).not.toEqual([]);
  expect(await world.books()).toEqual([]);
});

test.each(['', '{', '{"amountCents":NaN}', JSON.stringify({ ...body, reference: 'a\0b' })])(
  'a body that is no storable JSON is malformed-json (%j)',
  async (payload) => {
    const answer = await world.post('/v1/holds', payload);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-json' } });
  },
);

test.each([
  ['nope', 400, 'invalid-request'],
  ['%00', 400, 'invalid-request'],
  ['a'.repeat(200), 414, 'uri-too-long'],
])('a hold id that cannot be one is refused (%s)', async (id, status, code) => {
  expect(await world.act(id, 'capture')).toMatchObject({ status, body: { code } });
});

test.each(['capture', 'void', 'refund'])('%s of a hold that nobody made is 404', async (action) => {
  const answer = await world.act(randomUUID(), action);
  expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
});
