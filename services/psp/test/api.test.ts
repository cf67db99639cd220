import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a hold is answered with its id and when it lapses', async () => {
  const answer = await world.hold();
  expect(answer).toMatchObject({
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8' },
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

test.each([
  ['capture', 'captured'],
  ['void', 'voided'],
])(
  '%s is done once, the hold is then %s; another try is told how it stands',
  async (action, state) => {
    const { body: hold } = await world.hold();
    expect(await world.act(hold.id, action)).toMatchObject({
      status: 200,
      body: { ...hold, state },
    });
    for (const other of ['capture', 'void']) {
      expect(await world.act(hold.id, other)).toMatchObject({
        status: 409,
        headers: { 'content-type': 'application/problem+json; charset=utf-8' },
        body: { code: 'hold-closed', state },
      });
    }
    expect(await world.books()).toMatchObject([{ state }]);
  },
);

test('only what was captured is refunded, and only once', async () => {
  const { body: hold } = await world.hold();
  const early = await world.act(hold.id, 'refund');
  expect(early).toMatchObject({ status: 409, body: { code: 'hold-closed', state: 'authorised' } });
  await world.act(hold.id, 'capture');
  expect(await world.act(hold.id, 'refund')).toMatchObject({ body: { state: 'refunded' } });
  const late = await world.act(hold.id, 'refund');
  expect(late).toMatchObject({ status: 409, body: { code: 'hold-closed', state: 'refunded' } });
});

test('of captures of one hold that come together one takes the money, and the others are told how it stands', async () => {
  const { body: hold } = await world.hold();
  const answers = await world.whileBooksAreLocked(() =>
    Array.from({ length: 4 }, () => world.act(hold.id, 'capture')),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused.map(({ body }) => body.state)).toEqual(['captured', 'captured', 'captured']);
  expect(await world.books()).toMatchObject([{ state: 'captured' }]);
});

test('a capture and a void that come together do not both happen', async () => {
  const { body: hold } = await world.hold();
  const answers = await world.whileBooksAreLocked(() => [
    world.act(hold.id, 'capture'),
    world.act(hold.id, 'void'),
  ]);
  const done = answers.filter(({ status }) => status === 200);
  expect(done).toHaveLength(1);
  expect(await world.books()).toMatchObject([{ state: done[0]?.body.state }]);
});

test('an action takes no fields: a partial capture is refused, not taken for a whole one', async () => {
  const { body: hold } = await world.hold();
  const path = `/v1/holds/${String(hold.id)}/capture`;
  const partial = await world.post(path, { amountCents: 1 });
  expect(partial).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  const bare = await world.post(path, '', { 'content-type': undefined });
  expect(bare).toMatchObject({ status: 200, body: { state: 'captured' } });
});

test('while its database is down the processor says so and that the same request may come again', async () => {
  const broken = createServer((socket) => socket.destroy());
  broken.listen(0, '127.0.0.1');
  await once(broken, 'listening');
  const { port } = broken.address() as AddressInfo;
  const down = await setup({ databaseUrl: `postgres://psp@127.0.0.1:${String(port)}/psp` });
  for (const answer of [await down.hold(), await down.hold({ cardToken: 'tok_fail_once' })]) {
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'unavailable' },
    });
  }
  await expect(down.app.checks.database?.()).rejects.toThrow('Connection terminated');
  await down.stop();
  broken.close();
});
