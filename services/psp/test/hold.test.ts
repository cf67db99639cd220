import { describe, expect, test } from '@jest/globals';
import { cardTokens } from '@waymark/contracts/card-tokens.ts';
import { Problem } from '@waymark/http/problem.ts';
import { act, authorise, faultOf, type Hold, type HoldAction } from '../src/hold.ts';

const now = new Date('2026-03-01T10:00:00Z');
const days = (count: number) => new Date(now.getTime() + count * 24 * 3600 * 1000);
const request = {
  reference: 'order-1',
  amountCents: 100,
  currency: 'EUR',
  cardToken: 'tok_approve',
};
const facts = { id: 'hold-1', now, earlierHolds: 0, known: true };

function holdIn(state: Hold['state'], expiresAt = days(7)): Hold {
  return { ...request, id: 'hold-1', state, expiresAt };
}

/** The code of the problem that `work` throws, or undefined where it throws none. */
function refusalOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.kind.code;
    throw error;
  }
}

test('a hold keeps the request, and lasts seven days', () => {
  expect(authorise(request, facts)).toEqual({
    ...request,
    id: 'hold-1',
    state: 'authorised',
    expiresAt: days(7),
  });
});

test('a card that the processor did not give out is unknown, whatever it is called', () => {
  const strange = { ...request, cardToken: 'tok_decline' };
  expect(refusalOf(() => authorise(strange, { ...facts, known: false }))).toBe('unknown-card');
});

test('tok_decline is declined, however often it asks', () => {
  const declined = { ...request, cardToken: 'tok_decline' };
  expect(refusalOf(() => authorise(declined, facts))).toBe('card-declined');
  expect(refusalOf(() => authorise(declined, { ...facts, earlierHolds: 3 }))).toBe('card-declined');
});

test('the first hold of tok_hold_expires has lapsed at once, later ones last', () => {
  const lapsing = { ...request, cardToken: 'tok_hold_expires' };
  expect(authorise(lapsing, facts).expiresAt).toEqual(now);
  expect(authorise(lapsing, { ...facts, earlierHolds: 1 }).expiresAt).toEqual(days(7));
});

describe('what may become of a hold', () => {
  test.each<[Hold['state'], HoldAction, Hold['state'] | 'hold-closed']>([
    ['authorised', 'capture', 'captured'],
    ['authorised', 'void', 'voided'],
    ['authorised', 'refund', 'hold-closed'],
    ['captured', 'capture', 'hold-closed'],
    ['captured', 'void', 'hold-closed'],
    ['captured', 'refund', 'refunded'],
    ['voided', 'capture', 'hold-closed'],
    ['voided', 'void', 'hold-closed'],
    ['voided', 'refund', 'hold-closed'],
    ['refunded', 'capture', 'hold-closed'],
    ['refunded', 'void', 'hold-closed'],
    ['refunded', 'refund', 'hold-closed'],
  ])('%s, %s: %s', (state, action, expected) => {
    const hold = holdIn(state);
    if (expected === 'hold-closed') {
      expect(refusalOf(() => act(hold, action, now))).toBe('hold-closed');
    } else {
      expect(act(hold, action, now)).toEqual({ ...hold, state: expected });
    }
  });
});

test('a hold can be captured up to the moment at which it lapses', () => {
  const hold = holdIn('authorised');
  expect(act(hold, 'capture', new Date(days(7).getTime() - 1)).state).toBe('captured');
  expect(refusalOf(() => act(hold, 'capture', days(7)))).toBe('hold-expired');
});

test('a hold that lapsed can still be voided, and what was captured in time refunded', () => {
  expect(act(holdIn('authorised'), 'void', days(8)).state).toBe('voided');
  expect(act(holdIn('captured'), 'refund', days(100)).state).toBe('refunded');
});

test('three cards have a fault around the answer, and no other', () => {
  const faults = Object.keys(cardTokens).map((token) => [token, faultOf(token)]);
  expect(Object.fromEntries(faults)).toEqual({
    tok_approve: 'none',
    tok_decline: 'none',
    tok_slow: 'slow-after',
    tok_fail_once: 'fail-before',
    tok_charge_then_drop: 'drop-after',
    tok_hold_expires: 'none',
  });
  expect(faultOf('toString')).toBe('none');
});
