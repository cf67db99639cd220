import { expect, test } from '@jest/globals';
import { Problem } from '@waymark/http/problem.ts';
import type { OutgoingEvent } from '@waymark/messaging/event.ts';
import fc from 'fast-check';
import { refundRequested, type Order, type OrderState } from '../src/order.ts';
import { decisions, facts, outcomes, placed, refund, states, type News } from './decisions.ts';

const orderId = facts.id;
const money = { amountCents: 50_000, currency: 'EUR', cardToken: 'tok_approve' };

/** The next state and the one event that must come with each outcome. */
function expected(outcome: string) {
  const reason = outcome.split(': ')[1];
  if (outcome === 'payment-requested')
    return [
      { state: 'awaiting-payment' },
      'waymark.orders.payment-requested.v1',
      { orderId, ...money },
    ];
  if (outcome === 'confirmed')
    return [{ state: 'confirmed' }, 'waymark.orders.order-confirmed.v1', { orderId }];
  return [{ state: 'cancelled', reason }, 'waymark.orders.order-cancelled.v1', { orderId, reason }];
}

const table = Object.entries(outcomes).flatMap(([name, row]) =>
  row.map((outcome, index) => {
    const progress = states[index] ?? { state: 'placed' };
    return { name: name as News, progress, state: progress.state, outcome };
  }),
);

test.each(table)('$name finds the order $state: $outcome', ({ name, progress, outcome }) => {
  const decide = () => decisions[name]({ ...placed, progress });
  if (outcome.startsWith('refused')) {
    expect(`refused: ${codeOf(decide) ?? ''}`).toBe(outcome);
    return;
  }
  const decision = decide();
  if (outcome === '-') {
    expect(decision).toBeUndefined();
    return;
  }
  if (outcome === 'refunded') {
    expect(decision).toEqual({ progress: { state: 'refunded', refund }, events: [] });
    return;
  }
  if (outcome === 'refunding') {
    expect(decision?.progress).toMatchObject({ state: 'refunding', refund: { reason: 'damaged' } });
    expect(decision?.events.map(({ data }) => data)).toEqual([{ orderId, reason: 'damaged' }]);
    return;
  }
  const [event, ...more] = decision?.events ?? [];
  expect([decision?.progress, event?.contract.type, event?.data]).toEqual(expected(outcome));
  expect(event?.subject).toBe(orderId);
  expect(more).toEqual([]);
});

test('news never changes the order that it is told of', () => {
  const before = structuredClone(placed);
  for (const decide of Object.values(decisions)) codeOf(() => decide(placed));
  expect(placed).toEqual(before);
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Problem ? error.kind.code : String(error);
  }
}

/** Tells an order all of it, one after the other, and keeps every state that it went through. */
function tell(order: Order, heard: News[]) {
  const went: OrderState[] = [order.progress];
  const events: string[] = [];
  for (const name of heard) {
    try {
      const decision = decisions[name](order);
      if (decision === undefined) continue;
      order = { ...order, progress: decision.progress };
      went.push(order.progress);
      events.push(...decision.events.map(shortName));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return { went, events };
}

function shortName({ contract }: OutgoingEvent): string {
  return contract.type.split('.')[2] ?? '';
}

const anyNews = fc.array(fc.constantFrom(...(Object.keys(decisions) as News[])), { maxLength: 40 });

test('in whatever order and however often news comes, an order is decided once', () => {
  fc.assert(
    fc.property(anyNews, (heard) => {
      const { went, events } = tell(placed, heard);
      const count = (name: string) => events.filter((event) => event === name).length;
      expect(count('payment-requested')).toBeLessThanOrEqual(1);
      expect(count('order-confirmed')).toBeLessThanOrEqual(1);
      expect(count('order-cancelled')).toBeLessThanOrEqual(1);
      // Cancelled is final: nothing is said after it, least of all that the order is confirmed.
      if (count('order-cancelled') === 1) expect(events.at(-1)).toBe('order-cancelled');
      const names = went.map(({ state }) => state);
      expect(new Set(names).size).toBe(names.length);
    }),
    { numRuns: 1000 },
  );
});

test('the events of an order tell all that its state tells', () => {
  const told: Record<string, OrderState['state']> = {
    'refund-requested': 'refunding',
    'payment-requested': 'awaiting-payment',
    'order-confirmed': 'confirmed',
    'order-cancelled': 'cancelled',
  };
  fc.assert(
    fc.property(anyNews, (heard) => {
      const { went, events } = tell(placed, heard);
      // Payments has told of the money that went back, so orders need not.
      const states = went.slice(1).filter(({ state }) => state !== 'refunded');
      expect(events.map((event) => told[event])).toEqual(states.map(({ state }) => state));
    }),
  );
});

test('an order leaves confirmed for a refund, which is asked for once, or because its capture failed', () => {
  fc.assert(
    fc.property(anyNews, (heard) => {
      const { went, events } = tell({ ...placed, progress: { state: 'confirmed' } }, heard);
      const way = went.slice(1).map(({ state }) => state);
      expect(['', 'cancelled', 'refunding', 'refunding,cancelled', 'refunding,refunded']).toContain(
        way.join(),
      );
      expect(events.filter((event) => event === 'refund-requested').length).toBeLessThan(2);
    }),
  );
});

test('the key of a refund with another reason is refused', () => {
  const refunding = { ...placed, progress: { state: 'refunding' as const, refund } };
  const other = () => refundRequested(refunding, { ...refund, reason: 'goodwill' });
  expect(codeOf(other)).toBe('idempotency-key-reused');
});

test('news that comes twice in a row does no more than once', () => {
  fc.assert(
    fc.property(anyNews, (heard) => {
      const twice = heard.flatMap((name) => [name, name]);
      expect(tell(placed, twice)).toEqual(tell(placed, heard));
    }),
  );
});
