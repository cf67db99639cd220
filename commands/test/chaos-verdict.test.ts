import { expect, test } from '@jest/globals';
import { judge } from '../lib/chaos-verdict.ts';
import type { ChaosOutcome } from '../lib/chaos-run.ts';

function outcome(): ChaosOutcome {
  return {
    record: {
      accepted: new Map([['key', { ids: new Set(['one']), totalCents: 100 }]]),
      refused: new Map(),
      cancellations: new Map(),
      unanswered: [],
      retries: 0,
    },
    books: {
      orders: [
        {
          id: 'one',
          state: 'confirmed',
          totalCents: 100,
          currency: 'EUR',
          lines: [],
          idempotencyKey: 'key',
          settled: true,
        },
      ],
      payments: [],
      holds: [],
      reservations: [],
      stock: [],
      postings: [],
      waiting: [],
    },
    results: [],
    recoveries: [],
    quiet: true,
  };
}

function badAfter(damage: (outcome: ChaosOutcome) => void) {
  const damaged = outcome();
  damage(damaged);
  const { bad, passed } = judge(damaged);
  return { ...bad, passed };
}

const good = { lost: 0, duplicated: 0, 'double charged': 0, oversold: 0, stuck: 0, passed: true };

test('answers that agree with the books pass', () => {
  expect(badAfter(() => undefined)).toEqual(good);
});

test('an accepted order that is not in the books is lost', () => {
  expect(badAfter(({ books }) => void books.orders.pop())).toMatchObject({
    lost: 1,
    passed: false,
  });
});

test('a key that was answered with two orders is a duplicate', () => {
  const bad = badAfter(({ record }) => void record.accepted.get('key')?.ids.add('two'));
  expect(bad).toMatchObject({ duplicated: 1, passed: false });
});

test('an order that nobody asked for is a duplicate', () => {
  const bad = badAfter(({ record }) => {
    record.accepted.clear();
  });
  expect(bad).toMatchObject({ duplicated: 1, passed: false });
});

test('another price than the one answered is a wrong charge', () => {
  const bad = badAfter(({ record }) => {
    record.accepted.set('key', { ids: new Set(['one']), totalCents: 99 });
  });
  expect(bad).toMatchObject({ 'double charged': 1, passed: false });
});

test('a request that never got an answer is stuck', () => {
  expect(badAfter(({ record }) => void record.unanswered.push('x'))).toMatchObject({ stuck: 1 });
});

test('a good order that was refused is lost', () => {
  const bad = badAfter(({ record }) => void record.refused.set('other', 'token-invalid'));
  expect(bad).toMatchObject({ lost: 1, passed: false });
});

test('a cancellation that was granted holds', () => {
  const told = (answer: string) =>
    badAfter(({ record }) => void record.cancellations.set('one', answer));
  expect(told('already-confirmed')).toEqual(good);
  expect(told('cancelled')).toMatchObject({ lost: 1, passed: false });
  expect(told('not-found')).toMatchObject({ lost: 1, passed: false });
});

test('findings of the audit count by their kind', () => {
  const bad = badAfter(({ results }) => {
    const finding = { subject: 'x', what: 'planted' };
    results.push({
      name: 'planted',
      cases: 2,
      findings: [
        { ...finding, kind: 'oversold' },
        { ...finding, kind: 'lost' },
      ],
    });
  });
  expect(bad).toMatchObject({ oversold: 1, lost: 1, passed: false });
});

test('a run that does not get quiet fails', () => {
  expect(badAfter((run) => void (run.quiet = false))).toMatchObject({ passed: false });
});
