import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPace, type Pace } from '../src/pace.ts';

/** Takes a turn of some milliseconds; says how long it waited for it, and how long the turn really took. */
async function takeTurn(pace: Pace, ms: number) {
  const askedAt = performance.now();
  await pace.ready();
  const beganAt = performance.now();
  await sleep(ms);
  pace.ended();
  return { waitedMs: beganAt - askedAt, tookMs: performance.now() - beganAt };
}

/** Timers may be a millisecond early. */
const EARLY_MS = 2;

test('a turn waits until the one before it has been rested from, so many times as long as it took', async () => {
  const pace = createPace({ times: 3, maxMs: 10_000 });
  const { tookMs } = await takeTurn(pace, 20);
  const { waitedMs } = await takeTurn(pace, 0);
  expect(waitedMs).toBeGreaterThanOrEqual(3 * tookMs - EARLY_MS);
});

test('of turns that follow at once only the last is rested from', async () => {
  const pace = createPace({ times: 1, maxMs: 10_000 });
  await takeTurn(pace, 300);
  pace.ended();
  expect((await takeTurn(pace, 0)).waitedMs).toBeLessThan(150);
});

test('no rest is longer than it says, however long the turn took', async () => {
  const pace = createPace({ times: 1000, maxMs: 30 });
  await takeTurn(pace, 50);
  const { waitedMs } = await takeTurn(pace, 0);
  expect(waitedMs).toBeGreaterThanOrEqual(30 - EARLY_MS);
  expect(waitedMs).toBeLessThan(5000);
});

test('what comes first, or when the rest is over, waits for nobody', async () => {
  const pace = createPace({ times: 1, maxMs: 10_000 });
  const first = await takeTurn(pace, 200);
  await sleep(first.tookMs);
  const second = await takeTurn(pace, 0);
  for (const { waitedMs } of [first, second]) expect(waitedMs).toBeLessThan(150);
});

test('a turn that found nothing to do, and is not said to have ended, is not rested from', async () => {
  const pace = createPace({ times: 1000, maxMs: 10_000 });
  await pace.ready();
  await sleep(5);
  expect((await takeTurn(pace, 0)).waitedMs).toBeLessThan(1000);
});
