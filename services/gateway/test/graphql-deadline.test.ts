import { expect, test } from '@jest/globals';
import { askGraph, codesOf, json, order } from './graph.ts';
import { setup } from './setup.ts';

test('one deadline holds for all calls of a request', async () => {
  const world = await setup({ deadlineMs: 1000 });
  world.behaviours.orders = (_, answer) =>
    setTimeout(() => json(answer, order('7', ['tent'])), 200).unref();
  world.behaviours.catalog = () => undefined;
  const answer = await askGraph(world, '{ order(id: "7") { lines { product { id } } } }', {
    authorization: world.ada,
  });
  expect(codesOf(answer)).toEqual(['deadline-exceeded']);
  const [first = 0, second = 0] = world.received.map(({ headers }) =>
    Number(headers['x-deadline-ms']),
  );
  // A timer may fire a little early.
  expect(second).toBeLessThanOrEqual(first - 190);
  await world.stop();
});
