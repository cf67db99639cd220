/** Holds what the clients were answered against the books: the numbers that a chaos run is about. */
import type { ChaosOutcome } from './chaos-run.ts';
import type { Finding } from './finding.ts';

export interface Verdict {
  counts: Record<string, number>;
  bad: Record<'lost' | 'duplicated' | 'double charged' | 'oversold' | 'stuck', number>;
  findings: Finding[];
  passed: boolean;
}

export function judge({ record, books, results, quiet }: ChaosOutcome): Verdict {
  const findings = [
    ...clientFindings({ record, books }),
    ...cancellationFindings({ record, books }),
    ...refusals(record),
    ...results.flatMap((result) => result.findings),
  ];
  const duplicated = duplicates({ record, books });
  const count = (...kinds: Finding['kind'][]) =>
    findings.filter(({ kind }) => kinds.includes(kind)).length;
  const inState = (state: string) => books.orders.filter((order) => order.state === state).length;
  const bad = {
    lost: count('lost'),
    duplicated: duplicated.length,
    'double charged': count('charged', 'books'),
    oversold: count('oversold'),
    stuck: count('stuck') + record.unanswered.length,
  };
  return {
    counts: {
      accepted: record.accepted.size,
      confirmed: inState('confirmed'),
      cancelled: inState('cancelled'),
      'client retries': record.retries,
    },
    bad,
    findings: [...duplicated, ...findings],
    passed: quiet && Object.values(bad).every((number) => number === 0),
  };
}

/** An order that somebody was told of is there, at the price they were told. */
function clientFindings({ record, books }: Pick<ChaosOutcome, 'record' | 'books'>): Finding[] {
  const orders = new Map(books.orders.map((order) => [order.id, order]));
  return [...record.accepted].flatMap(([key, { ids, totalCents }]) =>
    [...ids].flatMap((id): Finding[] => {
      const order = orders.get(id);
      if (order === undefined)
        return [{ subject: id, kind: 'lost', what: `accepted under ${key}, and gone` }];
      if (order.totalCents === totalCents) return [];
      return [
        {
          subject: id,
          kind: 'charged',
          what: `${String(order.totalCents)}, told ${String(totalCents)}`,
        },
      ];
    }),
  );
}

/** Every planned order is a good one, so a refusal is an order that the shop has lost. */
function refusals({ refused }: ChaosOutcome['record']): Finding[] {
  return [...refused].map(([key, code]) => ({
    subject: key,
    kind: 'lost',
    what: `refused: ${code}`,
  }));
}

/** Cancelled means cancelled, and "already confirmed" means that the customer did not cancel it. */
function cancellationFindings({
  record,
  books,
}: Pick<ChaosOutcome, 'record' | 'books'>): Finding[] {
  const states = new Map(books.orders.map(({ id, state }) => [id, state]));
  return [...record.cancellations].flatMap(([id, told]): Finding[] => {
    const right =
      told === 'cancelled' ? states.get(id) === 'cancelled' : told === 'already-confirmed';
    if (right) return [];
    const what = `told ${told} when it cancelled, and is ${states.get(id) ?? 'gone'}`;
    return [{ subject: id, kind: 'lost', what }];
  });
}

/** One key is one order, in the answers and in the books, and there is none that nobody asked for. */
function duplicates({ record, books }: Pick<ChaosOutcome, 'record' | 'books'>): Finding[] {
  const byKey = Map.groupBy(books.orders, ({ idempotencyKey }) => idempotencyKey);
  const inBooks = [...byKey].filter(
    ([key, orders]) =>
      orders.length > 1 || !(record.accepted.has(key) || record.unanswered.includes(key)),
  );
  const inAnswers = [...record.accepted].filter(([, { ids }]) => ids.size > 1);
  return [...inBooks, ...inAnswers].map(([subject]) => ({
    subject,
    kind: 'books' as const,
    what: 'this key has another order than the one answered',
  }));
}
