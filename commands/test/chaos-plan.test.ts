import { expect, test } from '@jest/globals';
import { planChaos, type PlanOptions } from '../lib/chaos-plan.ts';

const options: PlanOptions = {
  seed: 7,
  orders: 500,
  kills: 40,
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
    expect(rounds.flatMap((round) => round.victims)).toHaveLength(kills);
  }
  expect(() => planChaos({ ...options, orders: 5, kills: 12 })).toThrow(/fewer kills/);
});

test('every order has a key of its own, and no process is killed twice at once', () => {
  const rounds = planChaos(options);
  const keys = rounds.flatMap((round) => round.orders.map(({ key }) => key));
  expect(new Set(keys).size).toBe(500);
  for (const { victims } of rounds) expect(new Set(victims).size).toBe(victims.length);
});
