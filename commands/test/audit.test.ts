import { expect, test } from '@jest/globals';
import { audit, confirmed } from '../lib/audit.ts';
import type { Books } from '../lib/books.ts';

const lines = [{ productId: 'tin-mug', quantity: 2 }];

/** Two orders, one confirmed and one cancelled, with everything as it should be. */
function healthy(): Books {
  const order = { totalCents: 2500, currency: 'EUR', lines, settled: true };
  return {
    orders: [
      { ...order, id: 'sold', state: 'confirmed', idempotencyKey: 'a' },
      { ...order, id: 'dropped', state: 'cancelled', idempotencyKey: 'b' },
    ],
    payments: [
      { orderId: 'sold', state: 'captured', amountCents: 2500 },
      { orderId: 'dropped', state: 'voided', amountCents: 2500 },
    ],
    holds: [
      { reference: 'sold', amountCents: 2500, currency: 'EUR', state: 'captured', lapsed: false },
      { reference: 'dropped', amountCents: 2500, currency: 'EUR', state: 'voided', lapsed: false },
    ],
    reservations: [
      { orderId: 'sold', state: 'committed', lines },
      { orderId: 'dropped', state: 'released', lines },
    ],
    stock: [{ productId: 'tin-mug', onHand: 8, reserved: 0, moved: 8, committed: 2 }],
    postings: [
      { transferId: 't', orderId: 'sold', account: 'processor', amountCents: 2500 },
      { transferId: 't', orderId: 'sold', account: 'sales', amountCents: -2500 },
    ],
    waiting: [{ where: 'outbox of orders', count: 0 }],
  };
}

/** The first of a list, to be damaged. */
function first<T>(rows: T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('the list is empty');
  return row;
}

function brokenBy(damage: (books: Books) => void): string[] {
  const books = healthy();
  damage(books);
  return audit(books)
    .filter(({ findings }) => findings.length > 0)
    .map(({ name }) => name);
}

test('books that are right break no invariant', () => {
  expect(brokenBy(() => undefined)).toEqual([]);
});

const paid = 'a confirmed order is paid exactly once, in full';
const pieces = 'a confirmed order has exactly its pieces committed';
const nothingKept = 'a cancelled order keeps no money and holds no stock';
const belongs = 'every charge, payment and reservation belongs to an order';
const stock = 'stock on hand = counted - committed, and covers what is reserved';
const books = "the card processor's books equal ours, order by order";

const damages: [string, string, (books: Books) => void][] = [
  ['an order that is gone', belongs, ({ orders }) => void orders.shift()],
  [
    'an order that never ends',
    'an accepted order ends in one state before its deadline',
    ({ orders }) => void (first(orders).state = 'awaiting-payment'),
  ],
  ['a confirmed order that nobody charged', paid, ({ holds }) => void holds.shift()],
  ['a second charge', paid, ({ holds }) => void holds.push({ ...first(holds) })],
  [
    'a second hold that was left open',
    paid,
    ({ holds }) => void holds.push({ ...first(holds), state: 'authorised' }),
  ],
  ['a charge of another amount', paid, ({ holds }) => void (first(holds).amountCents = 2600)],
  ['a charge in another currency', paid, ({ holds }) => void (first(holds).currency = 'NOK')],
  [
    'a confirmed order without its stock',
    pieces,
    ({ reservations }) => void (first(reservations).state = 'reserved'),
  ],
  [
    'other pieces than were ordered',
    pieces,
    ({ reservations }) =>
      void (first(reservations).lines = [{ productId: 'tin-mug', quantity: 1 }]),
  ],
  [
    'money kept for a cancelled order',
    nothingKept,
    ({ holds }) => void (holds[1] = { ...first(holds), reference: 'dropped' }),
  ],
  [
    'a hold left open for a cancelled order',
    nothingKept,
    ({ holds }) => void (holds[1] = { ...first(holds), reference: 'dropped', state: 'authorised' }),
  ],
  [
    'stock held by a cancelled order',
    nothingKept,
    ({ reservations }) => void (reservations[1] = { orderId: 'dropped', state: 'reserved', lines }),
  ],
  ['more promised than there is', stock, ({ stock: rows }) => void (first(rows).reserved = 9)],
  ['stock that no movement explains', stock, ({ stock: rows }) => void (first(rows).onHand = 9)],
  ['pieces that left for nobody', stock, ({ stock: rows }) => void (first(rows).committed = 3)],
  [
    'a transfer that does not sum to zero',
    'the ledger sums to zero, transfer by transfer',
    ({ postings }) => void postings.pop(),
  ],
  ['a charge that we did not book', books, ({ postings }) => void postings.splice(0)],
  [
    'a payment that never finishes',
    'no payment of a decided order is left unfinished',
    ({ payments }) => void (first(payments).state = 'abandoning'),
  ],
  [
    'an event that was given up',
    'no event waits in an outbox or lies in the dead letters',
    ({ waiting }) => void (first(waiting).count = 1),
  ],
];

test.each(damages)('%s is found', (_what, invariant, damage) => {
  expect(brokenBy(damage)).toContain(invariant);
});

test('what a second look does not find again was only on its way', () => {
  const damaged = healthy();
  damaged.holds.push({ ...first(damaged.holds), reference: 'passing' });
  const findings = (results: ReturnType<typeof audit>) =>
    results.flatMap((result) => result.findings);
  expect(findings(confirmed(audit(damaged), audit(damaged))).length).toBeGreaterThan(0);
  expect(findings(confirmed(audit(damaged), audit(healthy())))).toEqual([]);
  expect(findings(confirmed(audit(healthy()), audit(damaged)))).toEqual([]);
});

test('what is younger than the grace is left alone', () => {
  const broken = brokenBy(({ orders, holds }) => {
    first(orders).settled = false;
    first(holds).state = 'authorised';
  });
  expect(broken).not.toContain(paid);
});

const ends = 'an accepted order ends in one state before its deadline';
const refundedOnce = 'a refunded order has its money back once, and none gets more than it paid';

/** The order that was sold is refunded, everywhere. */
function refund(books: Books): void {
  first(books.orders).state = 'refunded';
  first(books.payments).state = 'refunded';
  first(books.holds).state = 'refunded';
  books.postings.push(
    { transferId: 'r', orderId: 'sold', account: 'processor', amountCents: -2500 },
    { transferId: 'r', orderId: 'sold', account: 'sales', amountCents: 2500 },
  );
}

test('an order that was refunded is as it should be, with its pieces gone', () => {
  expect(brokenBy(refund)).toEqual([]);
});

test.each<[string, string[], (books: Books) => void]>([
  ['refunded but kept', [refundedOnce, books], ({ holds }) => (first(holds).state = 'captured')],
  ['refunded in part', [refundedOnce], ({ holds }) => (first(holds).amountCents = 100)],
  ['refunding for ever', [ends], ({ orders }) => (first(orders).state = 'refunding')],
  [
    'booked as refunded twice',
    [refundedOnce, books],
    ({ postings }) =>
      postings.push(...postings.slice(2).map((row) => ({ ...row, transferId: 's' }))),
  ],
])('%s is found', (_what, names, damage) => {
  const broken = brokenBy((all) => {
    refund(all);
    damage(all);
  });
  expect(broken.toSorted()).toEqual(names.toSorted());
});
