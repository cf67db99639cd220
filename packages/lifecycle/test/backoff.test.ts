import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../src/backoff.ts';

const cases = {
  failures: fc.integer({ min: 1, max: 10_000 }),
  firstMs: fc.integer({ min: 1, max: 10_000 }),
  maxMs: fc.integer({ min: 1, max: 3_600_000 }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
};

test('a pause lies between half of the nominal one and all of it, and never beyond the cap', () => {
  fc.assert(
    fc.property(fc.record(cases), ({ failures, firstMs, maxMs, random }) => {
      const pause = backoffMs(failures, { firstMs, maxMs }, () => random);
      const nominal = Math.min(maxMs, firstMs * 2 ** (failures - 1));
      expect(pause).toBeGreaterThanOrEqual(nominal / 2);
      expect(pause).toBeLessThanOrEqual(nominal);
    }),
  );
});

test('pauses double until they reach the cap', () => {
  const pauses = [1, 2, 3, 4, 5, 6].map((failures) =>
    backoffMs(failures, { firstMs: 100, maxMs: 1000 }, () => 1),
  );
  expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('those who failed together do not come back together', () => {
  const pauses = Array.from({ length: 50 }, () => backoffMs(3, { firstMs: 100, maxMs: 1000 }));
  expect(new Set(pauses).size).toBeGreaterThan(40);
});
