/** What must hold for every order, once it had time to settle. */
import { isPaying, type Books, type HoldRow, type LineRow, type OrderRow } from './books.ts';
import { finding, type Finding, type Invariant } from './finding.ts';

export const ends: Invariant = {
  name: 'an accepted order ends in one state before its deadline',
  check: ({ orders }) => ({
    cases: orders.length,
    findings: orders
      .filter(({ state, settled }) => settled && !ENDS.has(state))
      .map(({ id, state }) => finding('stuck', id, `still ${state}`)),
  }),
};

const ENDS = new Set(['confirmed', 'cancelled', 'refunded']);

export const isPaidOnce: Invariant = {
  name: 'a confirmed order is paid exactly once, in full',
  check(books) {
    const confirmed = settledIn(books, 'confirmed');
    const holds = Map.groupBy(books.holds, ({ reference }) => reference);
    const payments = new Map(books.payments.map(({ orderId, state }) => [orderId, state]));
    const findings = confirmed.flatMap((order) =>
      chargeFindings(order, payments.get(order.id) ?? 'missing', holds.get(order.id) ?? []),
    );
    return { cases: confirmed.length, findings };
  },
};

export const isRefundedOnce: Invariant = {
  name: 'a refunded order has its money back once, and none gets more than it paid',
  check(books) {
    const refunded = settledIn(books, 'refunded');
    const holds = Map.groupBy(books.holds, ({ reference }) => reference);
    const findings = refunded.flatMap(({ id, totalCents }) => {
      const back = (holds.get(id) ?? []).filter(({ state }) => state !== 'voided');
      const states = back.map(({ state, amountCents }) => `${state} ${String(amountCents)}`).join();
      if (states === `refunded ${String(totalCents)}`) return [];
      return [finding('charged', id, `refunded, its holds are ${states || 'none'}`)];
    });
    const ours = books.postings.filter(({ account }) => account === 'processor');
    const tooMuch = [...Map.groupBy(ours, ({ orderId }) => orderId)]
      .filter(([, rows]) => rows.reduce((sum, { amountCents }) => sum + amountCents, 0) < 0)
      .map(([id]) => finding('charged', id, 'more was given back than was taken'));
    return { cases: refunded.length, findings: [...findings, ...tooMuch] };
  },
};

export const hasItsPieces: Invariant = {
  name: 'a confirmed order has exactly its pieces committed',
  check(books) {
    // A refund by the support is no return of goods, so a refunded order has its pieces as well.
    const confirmed = [...settledIn(books, 'confirmed'), ...settledIn(books, 'refunded')];
    const reservations = new Map(books.reservations.map((row) => [row.orderId, row]));
    const findings = confirmed.flatMap(({ id, lines }): Finding[] => {
      const { state, lines: taken } = reservations.get(id) ?? { state: 'missing', lines: [] };
      if (state !== 'committed') return [finding('lost', id, `its reservation is ${state}`)];
      if (piecesOf(taken) === piecesOf(lines)) return [];
      return [finding('books', id, 'other pieces than ordered were committed')];
    });
    return { cases: confirmed.length, findings };
  },
};

export const keepsNothing: Invariant = {
  name: 'a cancelled order keeps no money and holds no stock',
  check(books) {
    const cancelled = settledIn(books, 'cancelled');
    const ids = new Set(cancelled.map(({ id }) => id));
    const money = books.holds
      .filter((hold) => ids.has(hold.reference) && (hold.state === 'captured' || isOpen(hold)))
      .map((hold) => finding('charged', hold.reference, `cancelled, its hold is ${hold.state}`));
    const stock = books.reservations
      .filter(({ orderId, state }) => ids.has(orderId) && TAKING.has(state))
      .map(({ orderId, state }) => finding('lost', orderId, `cancelled, its stock is ${state}`));
    return { cases: cancelled.length, findings: [...money, ...stock] };
  },
};

export const ownsEverything: Invariant = {
  name: 'every charge, payment and reservation belongs to an order',
  check({ orders, payments, holds, reservations }) {
    const known = new Set(orders.map(({ id }) => id));
    const subjects = [
      ...payments.map(({ orderId }) => orderId),
      ...holds.map(({ reference }) => reference),
      ...reservations.map(({ orderId }) => orderId),
    ];
    const strays = [...new Set(subjects.filter((id) => !known.has(id)))];
    const findings = strays.map((id) => finding('lost', id, 'there is no such order'));
    return { cases: subjects.length, findings };
  },
};

export const isPaymentDone: Invariant = {
  name: 'no payment of a decided order is left unfinished',
  check({ orders, payments }) {
    const settled = new Set(orders.filter((order) => order.settled).map(({ id }) => id));
    const due = payments.filter(({ orderId }) => settled.has(orderId));
    const findings = due
      .filter(({ state }) => isPaying(state))
      .map(({ orderId, state }) => finding('stuck', orderId, `its payment is still ${state}`));
    return { cases: due.length, findings };
  },
};

const TAKING = new Set(['reserved', 'committed']);

function settledIn({ orders }: Books, state: string): OrderRow[] {
  return orders.filter((order) => order.settled && order.state === state);
}

function isOpen({ state, lapsed }: HoldRow): boolean {
  return state === 'authorised' && !lapsed;
}

function chargeFindings(order: OrderRow, paymentState: string, holds: HoldRow[]): Finding[] {
  const { id, totalCents, currency } = order;
  const [captured, ...others] = holds.filter(({ state }) => state === 'captured');
  const charges = others.length + 1 + holds.filter(isOpen).length;
  if (captured === undefined) {
    const kind = isPaying(paymentState) ? 'stuck' : 'lost';
    return [finding(kind, id, `not paid: its payment is ${paymentState}`)];
  }
  if (charges > 1) return [finding('charged', id, `${String(charges)} charges`)];
  if (captured.amountCents === totalCents && captured.currency === currency) return [];
  const taken = `${String(captured.amountCents)} ${captured.currency}`;
  return [finding('charged', id, `${taken} taken for ${String(totalCents)} ${currency}`)];
}

function piecesOf(lines: LineRow[]): string {
  const pieces = lines.map(({ productId, quantity }) => `${productId} ${String(quantity)}`);
  return pieces.sort().join();
}
