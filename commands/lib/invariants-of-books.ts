/** What must hold for the stock, the ledger and the messages, whichever orders they are for. */
import { isPaying, type Books, type ReservationRow, type StockRow } from './books.ts';
import { finding, type Finding, type Invariant } from './finding.ts';

export const stockAddsUp: Invariant = {
  name: 'stock on hand = counted - committed, and covers what is reserved',
  check({ stock, reservations }) {
    const held = sumPieces(reservations.filter(({ state }) => state === 'reserved'));
    const taken = sumPieces(reservations.filter(({ state }) => state === 'committed'));
    const findings = stock.flatMap((row) => {
      const { productId } = row;
      return stockFindings(row, held.get(productId) ?? 0, taken.get(productId) ?? 0);
    });
    return { cases: stock.length, findings };
  },
};

export const ledgerSumsToZero: Invariant = {
  name: 'the ledger sums to zero, transfer by transfer',
  check({ postings }) {
    const transfers = Map.groupBy(postings, ({ transferId }) => transferId);
    const uneven = [...transfers].filter(([, rows]) => sumCents(rows) !== 0);
    const findings = uneven.map(([id]) => finding('books', id, 'does not sum to zero'));
    return { cases: transfers.size, findings };
  },
};

export const processorAgrees: Invariant = {
  name: "the card processor's books equal ours, order by order",
  check({ postings, holds, payments }) {
    const moving = new Set(
      payments.filter(({ state }) => isPaying(state)).map(({ orderId }) => orderId),
    );
    const owed = postings.filter(({ account }) => account === 'processor');
    const ours = Map.groupBy(owed, ({ orderId }) => orderId);
    const captured = holds.filter(({ state }) => state === 'captured');
    const theirs = Map.groupBy(captured, ({ reference }) => reference);
    const ids = [...new Set([...ours.keys(), ...theirs.keys()])].filter((id) => !moving.has(id));
    const findings = ids.flatMap((id): Finding[] => {
      const [our, their] = [sumCents(ours.get(id)), sumCents(theirs.get(id))];
      if (our === their) return [];
      return [finding('charged', id, `we booked ${String(our)}, they took ${String(their)}`)];
    });
    return { cases: ids.length, findings };
  },
};

export const nothingWaits: Invariant = {
  name: 'no event waits in an outbox or lies in the dead letters',
  check: ({ waiting }) => ({
    cases: waiting.length,
    findings: waiting
      .filter(({ count }) => count > 0)
      .map(({ where, count }) => finding('stuck', where, `${String(count)} events`)),
  }),
};

function stockFindings(row: StockRow, held: number, taken: number): Finding[] {
  const { productId, onHand, reserved, moved, committed } = row;
  const rules: [boolean, string][] = [
    [onHand >= 0 && onHand >= reserved, `${String(reserved)} promised of ${String(onHand)}`],
    [onHand === moved, `on hand ${String(onHand)}, movements say ${String(moved)}`],
    [reserved === held, `reserved ${String(reserved)}, orders hold ${String(held)}`],
    [committed === taken, `${String(committed)} left, orders took ${String(taken)}`],
  ];
  return rules.filter(([holds]) => !holds).map(([, what]) => finding('oversold', productId, what));
}

function sumPieces(reservations: ReservationRow[]): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { productId, quantity } of reservations.flatMap(({ lines }) => lines)) {
    pieces.set(productId, (pieces.get(productId) ?? 0) + quantity);
  }
  return pieces;
}

function sumCents(rows: Books['postings'] | Books['holds'] = []): number {
  return rows.reduce((total, { amountCents }) => total + amountCents, 0);
}
