import { expect, test } from '@jest/globals';
import { planChaos, type PlanOptions } from '../lib/chaos-plan.ts';

const options: PlanOptions = {
  seed: 7,
  orders: 500,
  kills: 40,
  pauses: false,
  victims: ['orders', 'payments', 'postgres'],
  productIds: Array.from({ length: 20 }, (_, index) => `product-${String(index)}`),
};

test('the seed decides everything', () => {
  expect(planChaos(options)).toEqual(planChaos(options));
  expect(planChaos(options)).not.toEqual(planChaos({ ...options, seed: 8 }));
});

test('a plan has exactly the orders and the kills that were asked for', () => {
  for (const [orders, kills] of [
    [500, 40],
    [37, 12],
    [10, 0],
    [2, 1],
  ] as const) {
    const rounds = planChaos({ ...options, orders, kills });
    expect(rounds.flatMap((round) => round.orders)).toHaveLength(orders);
    expect(rounds.flatMap((round) => round.faults)).toHaveLength(kills);
  }
  expect(() => planChaos({ ...options, orders: 5, kills: 12 })).toThrow(/fewer kills/);
});

test('every order has a key of its own, and no process is killed twice at once', () => {
  const rounds = planChaos(options);
  const keys = rounds.flatMap((round) => round.orders.map(({ key }) => key));
  expect(new Set(keys).size).toBe(500);
  for (const { faults } of rounds) {
    expect(new Set(faults.map(({ victim }) => victim)).size).toBe(faults.length);
  }
});

test('where pauses are asked for, some faults are pauses of 2 to 8 s', () => {
  const pausesOf = (pauses: boolean) =>
    planChaos({ ...options, pauses }).flatMap(({ faults }) => faults.map(({ pauseMs }) => pauseMs));
  expect(new Set(pausesOf(false))).toEqual(new Set([undefined]));
  const lengths = pausesOf(true).filter((pauseMs) => pauseMs !== undefined);
  expect(lengths.length).toBeGreaterThan(5);
  expect(lengths.length).toBeLessThan(30);
  for (const pauseMs of lengths) {
    expect(pauseMs).toBeGreaterThanOrEqual(2000);
    expect(pauseMs).toBeLessThanOrEqual(8000);
  }
});
