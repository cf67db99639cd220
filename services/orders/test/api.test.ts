import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { body, setup, type OrderAnswer, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('an order is accepted with its price at that moment and an address to follow', async () => {
  const answer = await world.place();
  expect(answer.statusCode).toBe(201);
  const order = answer.json<OrderAnswer>();
  expect(order).toEqual({
    id: order.id,
    state: 'placed',
    lines: [{ productId: 'ridge-tent', quantity: 2, priceCents: 25_000 }],
    totalCents: 50_000,
    currency: 'EUR',
    placedAt: '2026-03-01T10:00:00.000Z',
  });
  expect(answer.headers.location).toBe(`/v1/orders/${order.id}`);
  const followed = await world.get(`/v1/orders/${order.id}`);
  expect(followed.statusCode).toBe(200);
  expect(followed.json()).toEqual(order);
});

test('an order of fifty products is accepted', async () => {
  await world.database.query(
    `insert into prices select 'peg-' || n, n, 'EUR', 1 from generate_series(1, 50) n`,
  );
  const lines = Array.from({ length: 50 }, (_, index) => ({
    productId: `peg-${String(index + 1)}`,
    quantity: 100,
  }));
  const answer = await world.place({ ...body, lines });
  expect(answer.statusCode).toBe(201);
  expect(answer.json<OrderAnswer>().totalCents).toBe(127_500);
});

test('an accepted order is told to the others once', async () => {
  world.start();
  const id = await world.placed();
  await world.told(id, 'order-placed');
  await world.settled();
  expect(await world.published(id)).toEqual(['order-placed']);
});

test('names and addresses in any script come back from the database as they were sent', async () => {
  const shipTo = { ...body.shipTo, name: 'Ægir 山田 O’Hara 👩‍🚀', city: '{"\\\'; drop table orders' };
  const first = await world.place({ ...body, shipTo }, 'a-key');
  expect(first.statusCode).toBe(201);
  expect((await world.place({ ...body, shipTo }, 'a-key')).body).toBe(first.body);
});

test('HEAD answers as GET does, without the body', async () => {
  const id = await world.placed();
  for (const url of ['/v1/orders', `/v1/orders/${id}`]) {
    const headers = { authorization: world.ada };
    const answer = await world.app.server.inject({ method: 'HEAD', url, headers });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    const full = await world.get(url);
    expect(answer.headers['content-length']).toBe(full.headers['content-length']);
  }
});
