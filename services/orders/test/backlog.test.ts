import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { body, DEADLINE_MS, expectProblem, news, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('while too many orders have waited for half of their time, no more are taken; what was taken is answered as ever', async () => {
  const to = world.build({ maxLate: 2 });
  world.start(to);
  const place = (payload: unknown = body, key: string = randomUUID()) =>
    world.place(payload, key, { to });
  const statusOfANewOne = async () => (await place()).statusCode;
  const first = await place(body, 'first');
  const other = await world.placed();
  // One that waits for its payment waits as well as the others.
  await world.publish(news.reserved(other));
  await world.told(other, 'payment-requested');
  expect(await statusOfANewOne()).toBe(201);

  world.time.now = new Date(world.time.now.getTime() + DEADLINE_MS / 2 + 1);
  await eventually(async () => (await statusOfANewOne()) === 503);
  const refused = await place();
  expectProblem(refused, 503, 'overloaded');
  expect(refused.headers['retry-after']).toBe('5');
  expect((await place(body, 'first')).body).toBe(first.body);
  const never = { ...body, lines: [{ productId: 'never-sold', quantity: 1 }] };
  expectProblem(await place(never), 422, 'unknown-product');

  expect((await world.cancel(other)).statusCode).toBe(200);
  await eventually(async () => (await statusOfANewOne()) === 201);
});
