import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  answered,
  cancelled,
  confirmed,
  isPending,
  refundRequested,
  requested,
  type Answer,
  type Payment,
} from '../src/payment.ts';
import { createLife, order, steps, type Step } from './life.ts';

const done: Answer = { kind: 'done', holdId: 'hold-1' };
const declined: Answer = { kind: 'declined', reason: 'card-declined' };
const expired: Answer = { kind: 'expired' };

function paymentIn(state: Payment['state'], fields: Partial<Payment> = {}): Payment {
  const hold = { holdNumber: 1, holdId: 'hold-1', reason: undefined, refundRequested: false };
  return { ...order, ...hold, state, ...fields };
}

/** What answering leads to: the new state, then the events in short. */
function outcomeOf(payment: Payment, answer: Answer): string[] {
  const { payment: next, events } = answered(payment, answer);
  return [next.state, ...events.map(({ contract }) => contract.type.split('.')[2] ?? '')];
}

describe('news from orders', () => {
  test('a request is authorised with a first hold', () => {
    expect(requested(order)).toMatchObject({ ...order, state: 'authorising', holdNumber: 1 });
  });

  test.each<[Payment['state'], Payment['state'] | 'nothing' | 'an error']>([
    ['authorising', 'abandoning'],
    ['abandoning', 'nothing'],
    ['authorised', 'voiding'],
    ['captured', 'refunding'],
    ['voiding', 'nothing'],
    ['voided', 'nothing'],
    ['declined', 'nothing'],
    ['cancelled', 'nothing'],
    ['refunded', 'nothing'],
    ['capture-failed', 'nothing'],
    ['capturing', 'an error'],
    ['reauthorising', 'an error'],
  ])('a cancellation that finds the payment %s leads to %s', (state, expected) => {
    const cancel = () => cancelled(paymentIn(state));
    if (expected === 'an error') expect(cancel).toThrow(`cancelled whose payment is ${state}`);
    else if (expected === 'nothing') expect(cancel()).toBeUndefined();
    else expect(cancel()).toEqual(paymentIn(expected));
  });

  test.each<[Payment['state'], Partial<Payment> | undefined]>([
    ['authorised', { refundRequested: true }],
    ['capturing', { refundRequested: true }],
    ['reauthorising', { refundRequested: true }],
    ['captured', { state: 'refunding' }],
    ['refunding', undefined],
    ['refunded', undefined],
    ['capture-failed', undefined],
  ])('a refund that finds the payment %s leads to %j', (state, change) => {
    const next = refundRequested(paymentIn(state));
    expect(next).toEqual(change === undefined ? undefined : paymentIn(state, change));
  });

  test('a refund of a payment that holds nothing is an error', () => {
    expect(() => refundRequested(undefined)).toThrow('a payment that is unknown');
    expect(() => refundRequested(paymentIn('voided'))).toThrow('a payment that is voided');
  });

  test.each<Payment['state']>(['authorising', 'abandoning', 'voiding', 'voided', 'declined'])(
    'a confirmation of a payment that is %s is an error: it would give goods away',
    (state) => {
      expect(() => confirmed(paymentIn(state))).toThrow(`confirmed whose payment is ${state}`);
    },
  );
});

describe('answers of the processor', () => {
  test.each<[Payment['state'], Answer, string[]]>([
    ['authorising', done, ['authorised', 'payment-authorised']],
    ['authorising', declined, ['declined', 'payment-declined']],
    ['abandoning', done, ['voiding']],
    ['abandoning', declined, ['cancelled']],
    ['capturing', done, ['captured', 'payment-captured']],
    ['capturing', expired, ['reauthorising']],
    ['capturing', declined, ['capture-failed', 'capture-failed']],
    ['reauthorising', done, ['capturing']],
    ['reauthorising', declined, ['capture-failed', 'capture-failed']],
    ['voiding', done, ['voided', 'payment-voided']],
    ['refunding', done, ['refunded', 'payment-refunded']],
  ])('%s, answered %j: %j', (state, answer, expected) => {
    expect(outcomeOf(paymentIn(state), answer)).toEqual(expected);
  });

  test('what is to be refunded goes back as soon as it is captured, and is told in that order', () => {
    const marked = paymentIn('capturing', { refundRequested: true });
    expect(outcomeOf(marked, done)).toEqual(['refunding', 'payment-captured']);
    expect(outcomeOf(marked, declined)).toEqual(['capture-failed', 'capture-failed']);
    expect(answered(marked, expired).payment).toMatchObject({ refundRequested: true });
  });

  test('the third hold to lapse is the last', () => {
    const lapsing = (holdNumber: number) => paymentIn('capturing', { holdNumber });
    expect(answered(lapsing(2), expired).payment).toMatchObject({ holdNumber: 3 });
    expect(outcomeOf(lapsing(3), expired)).toEqual(['capture-failed', 'capture-failed']);
  });

  test.each<Payment['state']>(['voiding', 'refunding'])(
    'while %s, a refusal never counts as money given back',
    (state) => {
      for (const answer of [declined, expired]) {
        expect(() => answered(paymentIn(state), answer)).toThrow(`${state} was refused`);
      }
    },
  );

  test('a payment that asked for nothing takes no answer', () => {
    expect(() => answered(paymentIn('captured'), done)).toThrow('asked for nothing');
  });
});

describe('whatever happens, in any order and any number', () => {
  const some = fc.array(fc.constantFrom(...steps), { maxLength: 40 });
  /** Twice, so that things also happen to a payment that had come to rest. */
  function live(...parts: Step[][]) {
    const life = createLife();
    for (const played of parts) {
      for (const step of played) life.play(step);
      life.settle();
    }
    return life.end();
  }
  const law = (check: (end: ReturnType<typeof live>) => void) =>
    fc.assert(
      fc.property(some, some, (first, second) => check(live(first, second))),
      { numRuns: 2000 },
    );

  test('it comes to rest', () => {
    law(({ payment }) => {
      expect(payment).toBeDefined();
      expect(payment !== undefined && isPending(payment.state)).toBe(false);
    });
  });

  test('no money is kept for a cancelled order', () => {
    law(({ said, holds }) => {
      if (!said.includes('cancelled')) return;
      const kept = holds.filter(
        ({ state, lapsed }) => state === 'captured' || (state === 'authorised' && !lapsed),
      );
      expect(kept).toEqual([]);
    });
  });

  test('a confirmed order is paid, exactly once', () => {
    law(({ said, holds }) => {
      if (said.includes('cancelled')) return;
      expect(said).toContain('confirmed');
      const ends = holds.filter(({ state }) => state === 'captured' || state === 'refunded');
      expect(ends.map(({ state }) => state)).toEqual([
        said.includes('refund') ? 'refunded' : 'captured',
      ]);
    });
  });

  test('money goes back once for a refund, and only what was taken', () => {
    law(({ said, told, postings }) => {
      if (!said.includes('refund')) return;
      const count = (type: string) => told.filter((one) => one === type).length;
      expect(count('payment-refunded')).toBe(count('payment-captured'));
      const taken = postings.filter(({ account }) => account === 'processor');
      expect(taken.reduce((total, { amountCents }) => total + amountCents, 0)).toBe(0);
    });
  });

  test('each event is told at most once', () => {
    law(({ told }) => {
      expect(told).toHaveLength(new Set(told).size);
    });
  });

  test('the ledger balances, and says what the processor’s books say', () => {
    law(({ postings, holds }) => {
      const sum = (of: typeof postings) =>
        of.reduce((total, { amountCents }) => total + amountCents, 0);
      expect(sum(postings)).toBe(0);
      const owed = sum(postings.filter(({ account }) => account === 'processor'));
      const taken = holds.filter(({ state }) => state === 'captured').length * order.amountCents;
      expect(owed).toBe(taken);
    });
  });
});
