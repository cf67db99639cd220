import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SLOW_MS, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('tok_decline is declined, and nothing is in the books', async () => {
  const answer = await world.hold({ cardToken: 'tok_decline' });
  expect(answer).toMatchObject({ status: 402, body: { code: 'card-declined' } });
  expect(await world.books()).toEqual([]);
});

test.each(['tok_stolen', 'toString', '__proto__'])(
  'a card that was never given out is unknown (%s)',
  async (cardToken) => {
    const answer = await world.hold({ cardToken });
    expect(answer).toMatchObject({ status: 422, body: { code: 'unknown-card' } });
    expect(await world.books()).toEqual([]);
  },
);

test('tok_slow keeps the first caller waiting, with the hold in the books, and answers a repetition at once', async () => {
  const key = randomUUID();
  const first = await world.hold({ cardToken: 'tok_slow' }, key);
  expect(world.pauses).toEqual([SLOW_MS]);
  const second = await world.hold({ cardToken: 'tok_slow' }, key);
  expect(second.body).toEqual(first.body);
  expect(world.pauses).toEqual([SLOW_MS]);
  expect(await world.books()).toHaveLength(1);
});

test('tok_charge_then_drop drops the connection after the hold is in the books, and tells of it when asked again', async () => {
  const key = randomUUID();
  const charge = () => world.hold({ cardToken: 'tok_charge_then_drop' }, key);
  await expect(charge()).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(await world.books()).toMatchObject([{ state: 'authorised' }]);
  expect(await charge()).toMatchObject({ status: 201, body: { state: 'authorised' } });
  expect(await world.books()).toHaveLength(1);
});

test('tok_fail_once fails before anything is done, and works under the same key', async () => {
  const key = randomUUID();
  const first = await world.hold({ cardToken: 'tok_fail_once' }, key);
  expect(first).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { code: 'processor-down' },
  });
  expect(await world.books()).toEqual([]);
  expect((await world.hold({ cardToken: 'tok_fail_once' }, key)).status).toBe(201);
  expect((await world.hold({ cardToken: 'tok_fail_once' })).status).toBe(503);
});

test('the first hold of tok_hold_expires cannot be captured, a second one for the same order can', async () => {
  const first = await world.hold({ cardToken: 'tok_hold_expires' });
  expect(first.status).toBe(201);
  const refused = await world.act(first.body.id, 'capture');
  expect(refused).toMatchObject({ status: 409, body: { code: 'hold-expired' } });
  const second = await world.hold({ cardToken: 'tok_hold_expires' });
  expect((await world.act(second.body.id, 'capture')).status).toBe(200);
  const states = (await world.books()).map(({ state }) => state).sort();
  expect(states).toEqual(['authorised', 'captured']);
});

test('any hold lapses after seven days', async () => {
  const { body: hold } = await world.hold();
  world.time.now = new Date('2026-03-08T10:00:00Z');
  const refused = await world.act(hold.id, 'capture');
  expect(refused).toMatchObject({ status: 409, body: { code: 'hold-expired' } });
});
