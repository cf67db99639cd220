import { expect, test } from '@jest/globals';
import { orderPlaced } from '@waymark/contracts/orders.ts';
import { Problem } from '@waymark/http/problem.ts';
import fc from 'fast-check';
import { placeOrder, type Price } from '../src/order.ts';
import { body } from './setup.ts';

const facts = { id: 'an-id', now: new Date('2026-03-01T10:00:00Z'), deadlineMs: 60_000 };
const euros = (productId: string, priceCents: number): Price => ({
  productId,
  priceCents,
  currency: 'EUR',
});
const tent = euros('ridge-tent', 25_000);

function place(lines: { productId: string; quantity: number }[], prices: Price[]) {
  return placeOrder({ ...body, customerId: 'ada', lines }, prices, facts);
}

function refusal(work: () => unknown) {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Problem ? { code: error.kind.code, ...error.members } : error;
  }
}

test('a total is exact to the cent, up to the largest order that can be asked for', () => {
  const line = fc.record({
    quantity: fc.integer({ min: 1, max: 100 }),
    priceCents: fc.integer({ min: 0, max: 1_000_000_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 50 }), (chosen) => {
      const named = chosen.map((one, index) => ({ productId: `p-${String(index)}`, ...one }));
      const [order] = place(
        named.map(({ productId, quantity }) => ({ productId, quantity })),
        named.map(({ productId, priceCents }) => euros(productId, priceCents)).toReversed(),
      );
      const exact = chosen.reduce(
        (total, { quantity, priceCents }) => total + BigInt(quantity) * BigInt(priceCents),
        0n,
      );
      expect(BigInt(order.totalCents)).toBe(exact);
      expect(order.lines).toEqual(named);
    }),
  );
});

test('a new order is placed, has a deadline, and says so in one event without personal data', () => {
  const [order, events] = place(body.lines, [tent]);
  expect(order.progress).toEqual({ state: 'placed' });
  expect(order.deadlineAt).toEqual(new Date('2026-03-01T10:01:00Z'));
  const data = {
    orderId: order.id,
    customerId: 'ada',
    lines: body.lines,
    totalCents: 50_000,
    currency: 'EUR',
  };
  expect(events).toEqual([{ contract: orderPlaced, subject: order.id, data }]);
});

test('two lines of one product are refused, and named', () => {
  const [line] = body.lines;
  expect(
    refusal(() =>
      place(
        [line, line].filter((one) => one !== undefined),
        [tent],
      ),
    ),
  ).toEqual({
    code: 'duplicate-line',
    productIds: ['ridge-tent'],
  });
});

test('products without a price are refused, and named', () => {
  const lines = ['ridge-tent', 'moon-boot', 'sun-boot'].map((productId) => ({
    productId,
    quantity: 1,
  }));
  expect(refusal(() => place(lines, [tent]))).toEqual({
    code: 'unknown-product',
    productIds: ['moon-boot', 'sun-boot'],
  });
});

test('one order is in one currency', () => {
  const lines = ['ridge-tent', 'us-stove'].map((productId) => ({ productId, quantity: 1 }));
  const stove = { productId: 'us-stove', priceCents: 900, currency: 'USD' };
  expect(refusal(() => place(lines, [tent, stove]))).toEqual({ code: 'mixed-currencies' });
});

test.each(['tok_unheard_of', 'tok_constructor', 'constructor'])(
  'the card token %s is refused, as nobody could pay with it',
  (cardToken) => {
    const command = { ...body, customerId: 'ada', payment: { cardToken } };
    expect(refusal(() => placeOrder(command, [tent], facts))).toEqual({
      code: 'unknown-card-token',
    });
  },
);
