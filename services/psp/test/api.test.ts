import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '@waymark/testing/free-port.ts';
import { randomUUID } from 'node:crypto';
import { body, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a hold is answered with its id and when it lapses', async () => {
  const answer = await world.hold();
  expect(answer).toMatchObject({
    status: 201,
    headers: { 'content-type': 'application/json' },
    body: {
      reference: 'order-1',
      state: 'authorised',
      amountCents: 26250,
      currency: 'EUR',
      expiresAt: '2026-03-08T10:00:00.000Z',
    },
  });
  expect(answer.body).not.toHaveProperty('cardToken');
});

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
  ['capture', 'captured'],
  ['void', 'voided'],
])('a hold can be %sd once; another try is told how it stands', async (action, state) => {
  const { body: hold } = await world.hold();
  expect(await world.act(hold.id, action)).toMatchObject({
    status: 200,
    body: { ...hold, state },
  });
  for (const other of ['capture', 'void']) {
    expect(await world.act(hold.id, other)).toMatchObject({
      status: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: { code: 'hold-closed', state },
    });
  }
  expect(await world.books()).toMatchObject([{ state }]);
});

test('only what was captured is refunded, and only once', async () => {
  const { body: hold } = await world.hold();
  const early = await world.act(hold.id, 'refund');
  expect(early).toMatchObject({ status: 409, body: { code: 'hold-closed', state: 'authorised' } });
  await world.act(hold.id, 'capture');
  expect(await world.act(hold.id, 'refund')).toMatchObject({ body: { state: 'refunded' } });
  const late = await world.act(hold.id, 'refund');
  expect(late).toMatchObject({ status: 409, body: { code: 'hold-closed', state: 'refunded' } });
});

test('captures of one hold that arrive together take the money once', async () => {
  const { body: hold } = await world.hold();
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.act(hold.id, 'capture')));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
});

test.each(['capture', 'void', 'refund'])('%s of a hold that nobody made is 404', async (action) => {
  const answer = await world.act(randomUUID(), action);
  expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
});

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

test('an action takes no fields: a partial capture is refused, not taken for a whole one', async () => {
  const { body: hold } = await world.hold();
  const path = `/v1/holds/${String(hold.id)}/capture`;
  const partial = await world.post(path, { amountCents: 1 });
  expect(partial).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  const bare = await world.post(path, '', { 'content-type': undefined });
  expect(bare).toMatchObject({ status: 200, body: { state: 'captured' } });
});

test.each([
  ['nope', 400, 'invalid-request'],
  ['%00', 400, 'invalid-request'],
  ['a'.repeat(200), 414, 'uri-too-long'],
])('a hold id that cannot be one is refused (%s)', async (id, status, code) => {
  expect(await world.act(id, 'capture')).toMatchObject({ status, body: { code } });
});

test('while its database is down the processor says so and that the same request may come again', async () => {
  const port = String(await freePort());
  const down = await setup({ databaseUrl: `postgres://postgres@127.0.0.1:${port}/none` });
  for (const answer of [await down.hold(), await down.hold({ cardToken: 'tok_fail_once' })]) {
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'unavailable' },
    });
  }
  await expect(down.app.checks.database?.()).rejects.toThrow();
  await down.stop();
});
