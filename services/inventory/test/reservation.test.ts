import { expect, test } from '@jest/globals';
import { stockCommitted, stockRejected, stockReleased } from '@waymark/contracts/inventory.ts';
import fc from 'fast-check';
import {
  change,
  commit,
  release,
  reserve,
  type Outcome,
  type Reservation,
  type Stock,
} from '../src/reservation.ts';

const PRODUCTS = ['ice-axe', 'ridge-tent', 'tin-mug'];
const ORDERS = ['a', 'b', 'c', 'd', 'e'];

const lines = fc.uniqueArray(
  fc.record({ productId: fc.constantFrom(...PRODUCTS), quantity: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, selector: (line) => line.productId },
);
const news = fc.array(
  fc.record({
    orderId: fc.constantFrom(...ORDERS),
    what: fc.constantFrom('place', 'confirm', 'cancel'),
    lines,
  }),
  { maxLength: 40 },
);
const initial = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 });

/** What the store does with outcomes, in memory. */
function createShelf(onHand: number[]) {
  const stock = new Map<string, Stock>(
    PRODUCTS.map((productId, index) => [
      productId,
      { productId, onHand: onHand[index] ?? 0, reserved: 0 },
    ]),
  );
  const reservations = new Map<string, Reservation>();
  return {
    stock,
    reservations,
    apply({ reservation, changes }: Outcome) {
      reservations.set(reservation.orderId, reservation);
      change(stock, changes);
    },
  };
}

type Shelf = ReturnType<typeof createShelf>;
type News = { orderId: string; what: string; lines: { productId: string; quantity: number }[] };

function decide({ stock, reservations }: Shelf, { orderId, what, lines }: News) {
  const earlier = reservations.get(orderId);
  if (what === 'place') return reserve(earlier, { orderId, lines }, stock);
  if (what === 'cancel') return release(earlier, orderId);
  const isHeld = earlier !== undefined && !['rejected', 'released'].includes(earlier.state);
  // The orders service confirms only what was reserved; the throw has a test of its own.
  return isHeld ? commit(earlier) : undefined;
}

/** Pieces of a product in the reservations of some state. */
function piecesIn({ reservations }: Shelf, state: Reservation['state'], productId: string): number {
  return [...reservations.values()]
    .filter((reservation) => reservation.state === state)
    .flatMap((reservation) => reservation.lines)
    .filter((line) => line.productId === productId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

test('whatever happens to orders, what is reserved lies between zero and what is on hand', () => {
  fc.assert(
    fc.property(initial, news, (onHand, items) => {
      const shelf = createShelf(onHand);
      for (const item of items) {
        const outcome = decide(shelf, item);
        if (outcome !== undefined) shelf.apply(outcome);
        for (const { onHand, reserved } of shelf.stock.values()) {
          expect(reserved).toBeGreaterThanOrEqual(0);
          expect(reserved).toBeLessThanOrEqual(onHand);
        }
      }
    }),
  );
});

test('what is on hand and reserved is always what the reservations say', () => {
  fc.assert(
    fc.property(initial, news, (onHand, items) => {
      const shelf = createShelf(onHand);
      for (const item of items) {
        const outcome = decide(shelf, item);
        if (outcome !== undefined) shelf.apply(outcome);
      }
      const expected = PRODUCTS.map((productId, index) => ({
        productId,
        onHand: (onHand[index] ?? 0) - piecesIn(shelf, 'committed', productId),
        reserved: piecesIn(shelf, 'reserved', productId),
      }));
      expect([...shelf.stock.values()]).toEqual(expected);
    }),
  );
});

test('once every order is cancelled, everything that was taken is back', () => {
  fc.assert(
    fc.property(initial, news, (onHand, items) => {
      const shelf = createShelf(onHand);
      const cancellations = ORDERS.map((orderId) => ({ orderId, what: 'cancel', lines: [] }));
      for (const item of [...items, ...cancellations]) {
        const outcome = decide(shelf, item);
        if (outcome !== undefined) shelf.apply(outcome);
      }
      expect([...shelf.stock.values()].map((row) => [row.onHand, row.reserved])).toEqual(
        onHand.map((pieces) => [pieces, 0]),
      );
    }),
  );
});

test('the same news right after itself changes nothing', () => {
  fc.assert(
    fc.property(initial, news, (onHand, items) => {
      const shelf = createShelf(onHand);
      for (const item of items) {
        const outcome = decide(shelf, item);
        if (outcome !== undefined) shelf.apply(outcome);
        expect(decide(shelf, item)).toBeUndefined();
      }
    }),
  );
});

const stockOf = (...productIds: string[]) =>
  new Map(productIds.map((productId) => [productId, { productId, onHand: 5, reserved: 3 }]));

test('an order that asks for too much of one product gets none of the others, and is told which', () => {
  const stock = stockOf(...PRODUCTS);
  const order = {
    orderId: 'a',
    lines: [
      { productId: 'ice-axe', quantity: 2 },
      { productId: 'tin-mug', quantity: 3 },
      { productId: 'unheard-of', quantity: 1 },
    ],
  };
  const outcome = reserve(undefined, order, stock);
  expect(outcome?.changes).toEqual([]);
  expect(outcome?.events).toEqual([
    {
      contract: stockRejected,
      subject: 'a',
      data: { orderId: 'a', productIds: ['tin-mug', 'unheard-of'] },
    },
  ]);
});

test('the last pieces can be had', () => {
  const stock = stockOf('tin-mug');
  const order = { orderId: 'a', lines: [{ productId: 'tin-mug', quantity: 2 }] };
  expect(reserve(undefined, order, stock)?.reservation.state).toBe('reserved');
});

test('confirming what is not held is refused loudly, since it would sell air', () => {
  expect(() => commit(undefined)).toThrow('without a reservation');
  for (const state of ['rejected', 'released'] as const) {
    expect(() => commit({ orderId: 'a', state, lines: [] })).toThrow('without a reservation');
  }
});

test('commit and release tell what became of the stock', () => {
  const held = { orderId: 'a', state: 'reserved' as const, lines: [] };
  expect(commit(held)?.events[0]?.contract).toBe(stockCommitted);
  expect(release(held, 'a')?.events[0]?.contract).toBe(stockReleased);
});
