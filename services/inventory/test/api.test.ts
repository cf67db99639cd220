import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { newOrderId, placed, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('staff sees what is on hand and what orders hold', async () => {
  await world.receive(placed(newOrderId(), { 'ridge-tent': 2 }));
  const answer = await world.get('ridge-tent');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ productId: 'ridge-tent', onHand: 5, reserved: 2 });
});

test('a count of the shelf becomes the stock, and a movement explains the difference', async () => {
  const answer = await world.put('ridge-tent', { onHand: 12 });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ productId: 'ridge-tent', onHand: 12, reserved: 0 });
  expect((await world.get('ridge-tent')).json()).toEqual(answer.json());
  const deltas = `select delta from movements where product_id = 'ridge-tent' order by id`;
  expect(await world.database.query(deltas)).toEqual([{ delta: 5 }, { delta: 7 }]);
});

test('the same count again leaves the stock as it is', async () => {
  for (const onHand of [12, 12, 0, 0]) await world.put('ridge-tent', { onHand });
  expect((await world.get('ridge-tent')).json()).toMatchObject({ onHand: 0 });
  expect(await world.unexplained()).toEqual([]);
});

test('a count below what orders hold is refused with their number', async () => {
  await world.receive(placed(newOrderId(), { 'ridge-tent': 2 }));
  const answer = await world.put('ridge-tent', { onHand: 1 });
  expect(answer.statusCode).toBe(409);
  expect(answer.json()).toMatchObject({ code: 'below-reserved', reserved: 2 });
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '5/2' });
  expect((await world.put('ridge-tent', { onHand: 2 })).statusCode).toBe(200);
});

test('a product that nobody has heard of has no stock to see or to set', async () => {
  for (const answer of [
    await world.get('ridge-boat'),
    await world.put('ridge-boat', { onHand: 1 }),
  ]) {
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not-found' });
  }
  expect(await world.stock()).not.toHaveProperty('ridge-boat');
});

test('a stock that is no whole number up to a million is refused, and nothing changes', async () => {
  const bodies = [
    { onHand: -1 },
    { onHand: 1.5 },
    { onHand: 1_000_001 },
    '{"onHand":1e300}',
    { onHand: '3' },
    { onHand: null },
    { onHand: 3, reserved: 0 },
    {},
    [3],
    'null',
  ];
  for (const body of bodies) {
    const answer = await world.put('ridge-tent', body);
    expect([body, answer.statusCode]).toEqual([body, 400]);
    expect(answer.json()).toMatchObject({ code: 'invalid-request' });
  }
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '5/0' });
});

test('a body that is no JSON is refused as that', async () => {
  for (const payload of ['{"onHand":', '', '{"onHand":1,"note":"\\u0000"}']) {
    const answer = await world.put('ridge-tent', payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'malformed-json' });
  }
});

test('odd ids are refused, and reach nothing else', async () => {
  const expected = {
    'Ridge-Tent': '400 invalid-request',
    ['x'.repeat(65)]: '400 invalid-request',
    '%00': '400 invalid-request',
    'tin-mug%00': '400 invalid-request',
    "tin-mug'--": '400 invalid-request',
    '%zz': '400 invalid-request',
    ['x'.repeat(5000)]: '414 uri-too-long',
  };
  const answers: Record<string, string> = {};
  for (const id of Object.keys(expected)) {
    const answer = await world.get(id);
    answers[id] = `${String(answer.statusCode)} ${answer.json<{ code: string }>().code}`;
  }
  expect(answers).toEqual(expected);
});

test('reading and writing need a token, each with its own scope', async () => {
  const read = await world.issuer.bearer('staff', 'inventory:read orders:write');
  const write = await world.issuer.bearer('staff', 'inventory:write');
  const codes = async (authorization: string) => [
    (await world.get('ridge-tent', authorization)).statusCode,
    (await world.put('ridge-tent', { onHand: 5 }, authorization)).statusCode,
  ];
  expect(await codes(read)).toEqual([200, 403]);
  expect(await codes(write)).toEqual([403, 200]);
  expect(await codes('Bearer no.good.token')).toEqual([401, 401]);
});

test('a request without a token is told so', async () => {
  const answer = await world.app.server.inject({ url: '/v1/stock/ridge-tent' });
  expect(answer.statusCode).toBe(401);
  expect(answer.json()).toMatchObject({ code: 'token-missing' });
});

test('the service is ready once it knows products and has heard the whole catalogue', async () => {
  await expect(world.app.checks.products?.()).resolves.toBeUndefined();
  await world.database.query('truncate stock, movements');
  await expect(world.app.checks.products?.()).rejects.toThrow('no products yet');
});

test('a count that was made before an order took from the shelf is refused, if it says what it saw', async () => {
  const { etag } = (await world.get('ridge-tent')).headers;
  const put = (onHand: number, tag: unknown) =>
    world.app.server.inject({
      method: 'PUT',
      url: '/v1/stock/ridge-tent',
      headers: { authorization: world.staff, 'if-match': String(tag) },
      payload: { onHand },
    });
  await world.receive(placed(newOrderId(), { 'ridge-tent': 2 }));
  const refused = await put(9, etag);
  expect([refused.statusCode, refused.json()]).toEqual([
    412,
    expect.objectContaining({ code: 'precondition-failed' }),
  ]);
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '5/2' });
  const now = (await world.get('ridge-tent')).headers.etag;
  const answers = await Promise.all([put(8, now), put(9, now)]);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
});
