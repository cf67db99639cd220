import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { body, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test.each([undefined, '', 'has space', 'naïve', 'k'.repeat(256)])(
  'whatever changes the books needs an idempotency key (%s)',
  async (key) => {
    const { body: hold } = await world.hold();
    for (const path of ['/v1/holds', `/v1/holds/${String(hold.id)}/capture`]) {
      const payload = path === '/v1/holds' ? body : {};
      const answer = await world.post(path, payload, { 'idempotency-key': key });
      expect(answer).toMatchObject({ status: 400, body: { code: 'processor-key-missing' } });
    }
    expect(await world.books()).toMatchObject([{ state: 'authorised' }]);
  },
);

test('the same request under the same key gets the same answer, and makes no second hold', async () => {
  const key = randomUUID();
  const first = await world.hold({}, key);
  world.time.now = new Date('2026-03-02T10:00:00Z');
  const second = await world.hold({}, key);
  expect(second.status).toBe(201);
  expect(second.body).toEqual(first.body);
  expect(await world.books()).toHaveLength(1);
});

test('the order of the fields makes no other request', async () => {
  const key = randomUUID();
  const first = await world.hold({}, key);
  const reordered = Object.fromEntries(Object.entries(body).toReversed());
  const second = await world.post('/v1/holds', reordered, { 'idempotency-key': key });
  expect(second.body).toEqual(first.body);
});

test('a refusal is repeated in the same words, even where the answer would be another by now', async () => {
  const declinedKey = randomUUID();
  const declined = await world.hold({ cardToken: 'tok_decline' }, declinedKey);
  const again = await world.hold({ cardToken: 'tok_decline' }, declinedKey);
  expect(again).toMatchObject({ status: 402, body: declined.body });

  const { body: hold } = await world.hold();
  const refundKey = randomUUID();
  const early = await world.act(hold.id, 'refund', refundKey);
  await world.act(hold.id, 'capture');
  const repeated = await world.act(hold.id, 'refund', refundKey);
  expect(repeated).toMatchObject({ status: 409, body: early.body });
  expect(await world.books()).toMatchObject([{ state: 'captured' }]);
});

test('an action under the same key is done once and answered each time', async () => {
  const { body: hold } = await world.hold();
  const key = randomUUID();
  const first = await world.act(hold.id, 'capture', key);
  const second = await world.act(hold.id, 'capture', key);
  expect(second).toMatchObject({ status: 200, body: first.body });
});

test('a key that belongs to another request is refused, and changes nothing', async () => {
  const key = randomUUID();
  const { body: hold } = await world.hold({}, key);
  const others = [
    await world.hold({ amountCents: 1 }, key),
    await world.hold({ cardToken: 'tok_decline' }, key),
    await world.act(hold.id, 'capture', key),
  ];
  for (const answer of others) {
    expect(answer).toMatchObject({ status: 422, body: { code: 'processor-key-reused' } });
  }
  expect(await world.books()).toMatchObject([{ state: 'authorised' }]);
});

test('twenty requests at once under one key make one hold, and all hear of it', async () => {
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.hold({}, key)));
  const ids = new Set(answers.map((answer) => answer.body.id));
  expect(ids.size).toBe(1);
  expect(answers.every(({ status }) => status === 201)).toBe(true);
  expect(await world.books()).toHaveLength(1);
});

test('requests under one key that come together act once, and all hear of it', async () => {
  const { body: hold } = await world.hold();
  const key = randomUUID();
  const answers = await world.whileBooksAreLocked(() =>
    Array.from({ length: 3 }, () => world.act(hold.id, 'capture', key)),
  );
  expect(answers.map(({ status, body: { state } }) => [status, state])).toEqual(
    Array.from({ length: 3 }, () => [200, 'captured']),
  );
});

test('a request whose transaction failed leaves its key free', async () => {
  const key = randomUUID();
  await world.breakBooks();
  expect((await world.hold({}, key)).status).toBe(500);
  await world.mendBooks();
  expect((await world.hold({}, key)).status).toBe(201);
});
