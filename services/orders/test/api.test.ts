import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { body, setup } from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('an order is accepted with its price at that moment and an address to follow', async () => {
  const answer = await world.place();
  expect(answer.statusCode).toBe(201);
  const order = answer.json<{ id: string }>();
  expect(order).toMatchObject({
    state: 'placed',
    totalCents: 50000,
    currency: 'EUR',
    placedAt: '2026-03-01T10:00:00.000Z',
  });
  expect(answer.headers.location).toBe(`/v1/orders/${order.id}`);
});

test('a second submit with the same key returns the first order', async () => {
  const key = randomUUID();
  const first = await world.place(body, key);
  const second = await world.place(body, key);
  expect(second.statusCode).toBe(201);
  expect(second.json()).toEqual(first.json());
});
