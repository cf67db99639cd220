import { expect, test } from '@jest/globals';
import { createPace } from '../src/pace.ts';

/** Milliseconds that so many turns took, one after the other. */
async function timeOf(turns: number, pace: () => Promise<void>): Promise<number> {
  const began = performance.now();
  for (let turn = 0; turn < turns; turn += 1) await pace();
  return performance.now() - began;
}

/** Timers may be a millisecond early. */
const EARLY_MS = 2;

test('so many in a row begin at once, and the next when its time has come', async () => {
  const pace = createPace({ perSecond: 4, inARow: 3 });
  expect(await timeOf(3, pace)).toBeLessThan(200);
  expect(await timeOf(1, pace)).toBeGreaterThan(40);
});

test('in the long run there are no more in a second than it says', async () => {
  const pace = createPace({ perSecond: 50, inARow: 2 });
  expect(await timeOf(12, pace)).toBeGreaterThanOrEqual(10 * 20 - EARLY_MS);
});

test('a rest gives back no more than so many in a row', async () => {
  const pace = createPace({ perSecond: 50, inARow: 2 });
  const rest = createPace({ perSecond: 5, inARow: 1 });
  await timeOf(2, pace);
  await timeOf(2, rest);
  expect(await timeOf(6, pace)).toBeGreaterThanOrEqual(4 * 20 - EARLY_MS);
});
