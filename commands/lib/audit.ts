/**
 * The invariants of the platform, checked over every service's database and the card processor's books. Each
 * is a pure function from the books to the cases that break it, so that a test can plant each kind of damage.
 */
import type { databases as names } from '../../infra/embedded/services.ts';
import type { Books, HoldRow, OrderRow } from './books.ts';

export type Databases = (name: (typeof names)[number]) => string;

export interface Finding {
  /** An order's or a product's id, or a place. */
  subject: string;
  /** What kind of damage; the chaos test counts by it. */
  kind: 'lost' | 'charged' | 'oversold' | 'stuck' | 'books';
  what: string;
}

interface Invariant {
  name: string;
  /** How many cases it looks at, and those that break it. */
  check(books: Books): { cases: number; findings: Finding[] };
}

export interface AuditResult {
  name: string;
  cases: number;
  findings: Finding[];
}

export function audit(books: Books): AuditResult[] {
  return invariants.map(({ name, check }) => ({ name, ...check(books) }));
}

/** States of a payment that call for work at the card processor. */
export const PENDING = [
  'authorising',
  'abandoning',
  'capturing',
  'reauthorising',
  'voiding',
  'refunding',
];

const invariants: Invariant[] = [
  {
    name: 'an accepted order ends in one state before its deadline',
    check: ({ orders }) => ({
      cases: orders.length,
      findings: orders
        .filter(({ state, settled }) => settled && state !== 'confirmed' && state !== 'cancelled')
        .map(({ id, state }) => ({ subject: id, kind: 'stuck', what: `still ${state}` })),
    }),
  },
  {
    name: 'a confirmed order is paid exactly once, in full',
    check: (books) => {
      const confirmed = settledIn(books, 'confirmed');
      const holds = Map.groupBy(books.holds, ({ reference }) => reference);
      const findings = confirmed.flatMap((order) =>
        chargeFindings(order, books, holds.get(order.id) ?? []),
      );
      return { cases: confirmed.length, findings };
    },
  },
  {
    name: 'a confirmed order has exactly its pieces committed',
    check: (books) => {
      const confirmed = settledIn(books, 'confirmed');
      const reservations = new Map(books.reservations.map((row) => [row.orderId, row]));
      const findings = confirmed.flatMap(({ id, lines }): Finding[] => {
        const reservation = reservations.get(id);
        if (reservation?.state !== 'committed') {
          return [
            {
              subject: id,
              kind: 'lost',
              what: `its reservation is ${reservation?.state ?? 'missing'}`,
            },
          ];
        }
        const same = piecesOf(reservation.lines) === piecesOf(lines);
        return same
          ? []
          : [{ subject: id, kind: 'books', what: 'other pieces than ordered were committed' }];
      });
      return { cases: confirmed.length, findings };
    },
  },
  {
    name: 'a cancelled order keeps no money and holds no stock',
    check: (books) => {
      const cancelled = settledIn(books, 'cancelled');
      const ids = new Set(cancelled.map(({ id }) => id));
      const kept = books.holds.filter(
        ({ reference, state, lapsed }) =>
          ids.has(reference) && (state === 'captured' || (state === 'authorised' && !lapsed)),
      );
      const held = books.reservations.filter(
        ({ orderId, state }) => ids.has(orderId) && (state === 'reserved' || state === 'committed'),
      );
      const findings = [
        ...kept.map(({ reference, state }) => ({
          subject: reference,
          kind: 'charged' as const,
          what: `cancelled, but the card's hold is ${state}`,
        })),
        ...held.map(({ orderId, state }) => ({
          subject: orderId,
          kind: 'lost' as const,
          what: `cancelled, but its stock is ${state}`,
        })),
      ];
      return { cases: cancelled.length, findings };
    },
  },
  {
    name: 'every charge, payment and reservation belongs to an order',
    check: ({ orders, payments, holds, reservations }) => {
      const known = new Set(orders.map(({ id }) => id));
      const subjects = [
        ...payments.map(({ orderId }) => orderId),
        ...holds.map(({ reference }) => reference),
        ...reservations.map(({ orderId }) => orderId),
      ];
      const strays = [...new Set(subjects.filter((id) => !known.has(id)))];
      return {
        cases: subjects.length,
        findings: strays.map((subject) => ({
          subject,
          kind: 'lost',
          what: 'there is no such order',
        })),
      };
    },
  },
  {
    name: 'stock on hand = counted - committed, and covers what is reserved',
    check: ({ stock, reservations }) => {
      const reserved = sumPieces(reservations.filter(({ state }) => state === 'reserved'));
      const committed = sumPieces(reservations.filter(({ state }) => state === 'committed'));
      const findings = stock.flatMap((row): Finding[] => {
        const { productId, onHand } = row;
        const say = (kind: Finding['kind'], what: string) => ({ subject: productId, kind, what });
        return [
          ...(onHand < 0 || onHand < row.reserved
            ? [say('oversold', `${String(row.reserved)} promised of ${String(onHand)}`)]
            : []),
          ...(onHand === row.moved
            ? []
            : [say('oversold', `on hand ${String(onHand)}, movements say ${String(row.moved)}`)]),
          ...(row.reserved === (reserved.get(productId) ?? 0)
            ? []
            : [
                say(
                  'oversold',
                  `reserved ${String(row.reserved)}, orders hold ${String(reserved.get(productId) ?? 0)}`,
                ),
              ]),
          ...(row.committed === (committed.get(productId) ?? 0)
            ? []
            : [
                say(
                  'oversold',
                  `${String(row.committed)} left, orders took ${String(committed.get(productId) ?? 0)}`,
                ),
              ]),
        ];
      });
      return { cases: stock.length, findings };
    },
  },
  {
    name: 'the ledger sums to zero, transfer by transfer',
    check: ({ postings }) => {
      const transfers = Map.groupBy(postings, ({ transferId }) => transferId);
      const uneven = [...transfers].filter(
        ([, rows]) => sum(rows.map((row) => row.amountCents)) !== 0,
      );
      return {
        cases: transfers.size,
        findings: uneven.map(([subject]) => ({
          subject,
          kind: 'books',
          what: 'does not sum to zero',
        })),
      };
    },
  },
  {
    name: "the card processor's books equal ours, order by order",
    check: ({ postings, holds, payments }) => {
      const moving = new Set(
        payments.filter(({ state }) => PENDING.includes(state)).map(({ orderId }) => orderId),
      );
      const ours = Map.groupBy(
        postings.filter(({ account }) => account === 'processor'),
        ({ orderId }) => orderId,
      );
      const theirs = Map.groupBy(
        holds.filter(({ state }) => state === 'captured'),
        ({ reference }) => reference,
      );
      const ids = [...new Set([...ours.keys(), ...theirs.keys()])].filter((id) => !moving.has(id));
      const findings = ids.flatMap((id): Finding[] => {
        const our = sum((ours.get(id) ?? []).map(({ amountCents }) => amountCents));
        const their = sum((theirs.get(id) ?? []).map(({ amountCents }) => amountCents));
        if (our === their) return [];
        return [
          {
            subject: id,
            kind: 'charged',
            what: `we booked ${String(our)}, they took ${String(their)}`,
          },
        ];
      });
      return { cases: ids.length, findings };
    },
  },
  {
    name: 'no event waits in an outbox or lies in the dead letters',
    check: ({ waiting }) => ({
      cases: waiting.length,
      findings: waiting
        .filter(({ count }) => count > 0)
        .map(({ where, count }) => ({
          subject: where,
          kind: 'stuck',
          what: `${String(count)} events`,
        })),
    }),
  },
];

function settledIn({ orders }: Books, state: string): OrderRow[] {
  return orders.filter((order) => order.settled && order.state === state);
}

function chargeFindings(
  { id, totalCents, currency }: OrderRow,
  { payments }: Books,
  holds: HoldRow[],
): Finding[] {
  const captured = holds.filter(({ state }) => state === 'captured');
  const open = holds.filter(({ state, lapsed }) => state === 'authorised' && !lapsed);
  if (captured.length === 0) {
    const state = payments.find(({ orderId }) => orderId === id)?.state ?? 'missing';
    return [
      {
        subject: id,
        kind: PENDING.includes(state) ? 'stuck' : 'lost',
        what: `not paid: its payment is ${state}`,
      },
    ];
  }
  if (captured.length + open.length > 1) {
    return [
      { subject: id, kind: 'charged', what: `${String(captured.length + open.length)} charges` },
    ];
  }
  const right = captured[0]?.amountCents === totalCents && captured[0]?.currency === currency;
  return right
    ? []
    : [
        {
          subject: id,
          kind: 'charged',
          what: `${String(captured[0]?.amountCents)} taken for ${String(totalCents)}`,
        },
      ];
}

function piecesOf(lines: { productId: string; quantity: number }[]): string {
  return lines
    .map(({ productId, quantity }) => `${productId} ${String(quantity)}`)
    .sort()
    .join();
}

function sumPieces(
  rows: { lines: { productId: string; quantity: number }[] }[],
): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { productId, quantity } of rows.flatMap(({ lines }) => lines)) {
    pieces.set(productId, (pieces.get(productId) ?? 0) + quantity);
  }
  return pieces;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
