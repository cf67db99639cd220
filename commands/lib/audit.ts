/**
 * The invariants of the platform, checked over every service's database and the card processor's books. Each
 * is a pure function from the books to the cases that break it, so that a test can plant each kind of damage.
 */
import type { Books } from './books.ts';
import type { Finding, Invariant } from './finding.ts';
import * as books from './invariants-of-books.ts';
import * as orders from './invariants-of-orders.ts';

const invariants: Invariant[] = [
  orders.ends,
  orders.isPaidOnce,
  orders.hasItsPieces,
  orders.keepsNothing,
  orders.ownsEverything,
  books.stockAddsUp,
  books.ledgerSumsToZero,
  books.processorAgrees,
  books.nothingWaits,
];

export interface AuditResult {
  name: string;
  cases: number;
  findings: Finding[];
}

export function audit(from: Books): AuditResult[] {
  return invariants.map(({ name, check }) => ({ name, ...check(from) }));
}
