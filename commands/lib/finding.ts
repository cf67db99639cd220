/** What an audit says: an invariant, how many cases were looked at, and those that break it. */
import type { Books } from './books.ts';

/** The kinds of damage; a chaos run counts by them. */
export type Damage = 'lost' | 'charged' | 'oversold' | 'stuck' | 'books';

export interface Finding {
  /** An order's or a product's id, or a place. */
  subject: string;
  kind: Damage;
  what: string;
}

export interface Invariant {
  name: string;
  check(books: Books): { cases: number; findings: Finding[] };
}

export function finding(kind: Damage, subject: string, what: string): Finding {
  return { subject, kind, what };
}
