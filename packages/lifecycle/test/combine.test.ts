import { expect, test } from '@jest/globals';
import { combine } from '../src/combine.ts';
import type { Pace } from '../src/pace.ts';

function setup(limit = 10, pace?: Pace) {
  const batches: number[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const square = combine(
    async (items: number[]) => {
      batches.push(items);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      return items.map((item) => item * item);
    },
    { limit, ...(pace && { pace }) },
  );
  return { batches, gates, square };
}

test('a call that finds no work under way begins at once, and those that come meanwhile go together', async () => {
  const { batches, gates, square } = setup();
  const first = square(1);
  const others = [square(2), square(3)];
  expect(batches).toEqual([[1]]);
  gates[0]?.resolve();
  expect(await first).toBe(1);
  expect(batches).toEqual([[1], [2, 3]]);
  gates[1]?.resolve();
  expect(await Promise.all(others)).toEqual([4, 9]);
});

test('no batch is larger than the limit', async () => {
  const { batches, gates, square } = setup(2);
  const calls = [1, 2, 3, 4].map(square);
  gates[0]?.resolve();
  await calls[0];
  gates[1]?.resolve();
  await calls[2];
  gates[2]?.resolve();
  await Promise.all(calls);
  expect(batches).toEqual([[1], [2, 3], [4]]);
});

test('items that have a size share up to the limit, and one that is larger goes alone', async () => {
  const batches: string[][] = [];
  const lengths = combine(
    async (items: string[]) => {
      batches.push(items);
      await Promise.resolve();
      return items.map(({ length }) => length);
    },
    { limit: 4, sizeOf: ({ length }) => length },
  );
  const results = await Promise.all(['a', 'bb', 'cc', 'd', 'eeeee', 'f'].map(lengths));
  expect(batches).toEqual([['a'], ['bb', 'cc'], ['d'], ['eeeee'], ['f']]);
  expect(results).toEqual([1, 2, 2, 1, 5, 1]);
});

test('an error goes to those whose batch it was, and the next batch runs', async () => {
  const { gates, square } = setup();
  const first = square(1);
  const second = square(2);
  gates[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  gates[1]?.resolve();
  expect(await second).toBe(4);
});

test('what comes before its turn goes together, and what does not fit waits for no turn of its own', async () => {
  const turn = Promise.withResolvers<void>();
  const said: string[] = [];
  const { batches, gates, square } = setup(2, {
    ready() {
      said.push('ready?');
      return turn.promise;
    },
    ended: () => void said.push('ended'),
  });
  const calls = [1, 2, 3].map(square);
  expect(batches).toEqual([]);
  turn.resolve();
  await turn.promise;
  expect(batches).toEqual([[1, 2]]);
  gates[0]?.resolve();
  await calls[1];
  expect(batches).toEqual([[1, 2], [3]]);
  gates[1]?.resolve();
  expect(await calls[2]).toBe(9);
  expect(said).toEqual(['ready?', 'ended', 'ended']);
});
