/** How many calls to the store many requests make, on a store that the test answers for. */
import { expect, test } from '@jest/globals';
import type { TakenTokens } from '@waymark/storage/key-value.ts';
import { createSharedTakes } from '../src/shared-takes.ts';
import { times } from './limits-setup.ts';

const bucket = { capacity: 100, refillPerSecond: 1 };

/** A store with `left` tokens, or one that never answers. */
function setup(left: number | 'silent', waitMs = 5000) {
  const calls: (number | undefined)[] = [];
  const missed: number[] = [];
  const keyValue = {
    async takeTokens(_key: string, _bucket: unknown, count = 1): Promise<TakenTokens> {
      calls.push(count);
      if (left === 'silent') return new Promise(() => undefined);
      await new Promise(setImmediate);
      const allowed = count <= left;
      if (allowed) left -= count;
      return { allowed, remaining: left, resetSeconds: 9, retryAfterSeconds: allowed ? 0 : count };
    },
  };
  const onMiss = (_error: unknown, requests: number) => missed.push(requests);
  return { calls, missed, takes: createSharedTakes({ keyValue, waitMs, onMiss }) };
}

test('those who come while a call is under way share the next one', async () => {
  const { calls, takes } = setup(50);
  const answers = await Promise.all(times(40).map(() => takes.take('ada', bucket)));
  expect(calls).toEqual([1, 39]);
  expect(answers.map((answer) => answer?.remaining)).toEqual(times(40).map((n) => 49 - n));
});

test('where the store has fewer than are asked for, the first get them and the rest learn when to return', async () => {
  const { calls, takes } = setup(6);
  const answers = await Promise.all(times(11).map(() => takes.take('ada', bucket)));
  expect(answers.map((answer) => answer?.allowed)).toEqual(times(11).map((n) => n < 6));
  expect(answers.at(-1)?.retryAfterSeconds).toBe(1);
  expect(calls).toEqual([1, 10, 5, 1]);
});

test('another bucket does not wait', async () => {
  const { calls, takes } = setup(50);
  await Promise.all(['ada', 'bob'].map((key) => takes.take(key, bucket)));
  expect(calls).toEqual([1, 1]);
});

test('behind a call that does not come back everyone is let go at once, and the next caller asks anew', async () => {
  const { calls, missed, takes } = setup('silent', 20);
  const answers = await Promise.all(times(5).map(() => takes.take('ada', bucket)));
  expect(answers).toEqual(Array(5).fill(undefined));
  expect([calls, missed]).toEqual([[1], [5]]);
  await takes.take('ada', bucket);
  expect(calls).toEqual([1, 1]);
});
