/** When a promotion goes on, waits and goes back: the decisions alone, without a cluster. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  begin,
  decide,
  limitFor,
  type Plan,
  type Promotion,
  type Sight,
} from '../lib/delivery/promotion.ts';
import { FAST } from '../lib/delivery/slo.ts';

const MINUTE = 60_000;
const plan: Plan = { shares: [0.1, 0.5], soakMs: 5 * MINUTE, patienceMs: 3 * MINUTE };
const good = { ready: true, slo: 'calm' } as const;

/** Where it stands after each minute's sight. */
function walk(...sights: Omit<Sight, 'nowMs'>[]): Promotion[] {
  let promotion = begin(plan, 0);
  return sights.map((sight, at) => {
    promotion = decide(promotion, { ...sight, nowMs: (at + 1) * MINUTE }, plan);
    return promotion;
  });
}

const repeat = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);
const stateOf = (promotion: Promotion) =>
  promotion.state === 'canary' ? promotion.share : promotion.state;

test('a new version that stays ready and calm has 10 %, 50 % and all pods for a soak each', () => {
  const states = walk(...repeat(18, good)).map(stateOf);
  const soak = 6;
  expect(states).toEqual([
    ...repeat(soak - 1, 0.1),
    ...repeat(soak, 0.5),
    ...repeat(soak, 'everywhere'),
    'promoted',
  ]);
});

test('a budget that burns takes it back at once, from wherever it is', () => {
  const burning = { ready: true, slo: 'burning' } as const;
  const reason = 'an error budget burns';
  expect(walk(burning).at(-1)).toEqual({ state: 'rolled-back', from: 'canary', reason });
  const late = walk(...repeat(14, good), burning).at(-1);
  expect(late).toEqual({ state: 'rolled-back', from: 'everywhere', reason });
});

test.each([
  [{ ready: false, slo: 'calm' }, 'the new pods are not ready'],
  [{ ready: true, slo: 'unknown' }, 'nothing to judge it by'],
] as const)('%j is borne for the patience, and no longer', (sight, reason) => {
  expect(walk(...repeat(2, sight)).map(stateOf)).toEqual([0.1, 0.1]);
  expect(walk(...repeat(3, sight)).at(-1)).toMatchObject({ state: 'rolled-back', reason });
});

test('the soak begins again after each break, and so does the patience after each recovery', () => {
  const blind = { ready: true, slo: 'unknown' } as const;
  const states = walk(...repeat(5, good), blind, ...repeat(5, good), blind, blind, good);
  expect(states.map(stateOf)).toEqual(repeat(14, 0.1));
});

test('the limit shrinks with the share, so that it is the canary that is judged', () => {
  // All errors come from the canary: at its share they make the shop burn at exactly the alert's rate.
  const canaryErrors = FAST * 0.001;
  const promotion = begin(plan, 0);
  expect((0.1 * canaryErrors) / 0.001).toBeCloseTo(limitFor(promotion));
  expect(limitFor({ state: 'everywhere', unclearSince: 0 })).toBe(FAST);
});

const anySight = fc.record({
  ready: fc.boolean(),
  slo: fc.constantFrom('calm' as const, 'burning' as const, 'unknown' as const),
});

test('whatever is seen, it is promoted only after every share had a whole calm soak', () => {
  fc.assert(
    fc.property(fc.array(anySight, { maxLength: 80 }), (sights) => {
      const states = walk(...sights);
      const promotedAt = states.findIndex(({ state }) => state === 'promoted');
      if (promotedAt === -1) return;
      const seen = sights.slice(0, promotedAt + 1);
      expect(seen.every(({ slo }) => slo !== 'burning')).toBe(true);
      // Three soaks of five minutes, each from its first calm minute to its last.
      const calm = seen.filter(({ ready, slo }) => ready && slo === 'calm');
      expect(calm.length).toBeGreaterThanOrEqual(18);
    }),
  );
});

test('what is over stays over', () => {
  const ends: Promotion[] = [
    { state: 'promoted' },
    { state: 'rolled-back', from: 'canary', reason: 'any' },
  ];
  for (const end of ends) {
    expect(decide(end, { ready: true, slo: 'burning', nowMs: 0 }, plan)).toBe(end);
  }
});
