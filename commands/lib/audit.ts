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
  orders.isRefundedOnce,
  orders.hasItsPieces,
  orders.keepsNothing,
  orders.ownsEverything,
  orders.isPaymentDone,
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

/**
 * Findings that a second look confirms. While orders flow, two databases that are read a moment apart can
 * disagree about an order that is on its way; it is somewhere else by the second look, and damage is not.
 */
export function confirmed(first: AuditResult[], second: AuditResult[]): AuditResult[] {
  return second.map((result, index) => {
    const before = new Set(first[index]?.findings.map(({ subject }) => subject));
    return { ...result, findings: result.findings.filter(({ subject }) => before.has(subject)) };
  });
}

export function audit(from: Books): AuditResult[] {
  return invariants.map(({ name, check }) => ({ name, ...check(from) }));
}
