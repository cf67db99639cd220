import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createBacklog } from '../src/backlog.ts';
import { body, expectProblem, setup, type OrderAnswer, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('while as many orders wait for a decision as may, no more are taken; what was taken is answered as ever', async () => {
  const to = world.build({ maxUndecided: 2 });
  const place = (key: string) => world.place(body, key, { to });
  const aSecondLater = () => {
    world.time.now = new Date(world.time.now.getTime() + 1001);
  };
  const [first, second] = [await place('first'), await place('second')];
  expect([first.statusCode, second.statusCode]).toEqual([201, 201]);

  aSecondLater();
  const refused = await place('third');
  expectProblem(refused, 503, 'overloaded');
  expect(refused.headers['retry-after']).toBe('5');
  expect((await place('first')).body).toBe(first.body);

  const { id } = first.json<OrderAnswer>();
  expect((await world.cancel(id)).statusCode).toBe(200);
  aSecondLater();
  expect((await place('third')).statusCode).toBe(201);
});

test('a look that failed is not kept: the next order looks again', async () => {
  const answers = [Promise.reject(new Error('away')), Promise.resolve(true)];
  const hasUndecided = async () => answers.shift() ?? false;
  const clock = () => new Date(0);
  const backlog = createBacklog({ store: { hasUndecided }, clock, maxUndecided: 1 });
  await expect(backlog.isFull()).rejects.toThrow('away');
  expect(await backlog.isFull()).toBe(true);
  // For a second the answer holds.
  expect(await backlog.isFull()).toBe(true);
});
