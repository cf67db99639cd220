/**
 * From what a visitor typed to what PostgreSQL's full-text search is asked. The text itself goes to
 * `websearch_to_tsquery`, which takes any text without an error: quotes, `or` and a minus mean what they mean in
 * web searches, punctuation means nothing. Only the word that may still be half typed needs help.
 */
import { createHash } from 'node:crypto';

/** Plain words and nothing else: with operators in it, a text is finished rather than half typed. */
const PLAIN = /^((?:[\p{L}\p{M}\p{N}]+\s+)*)([\p{L}\p{M}\p{N}]+)$/u;

export interface HalfTyped {
  /** The words before the last one, which must all match; empty where there are none. */
  before: string;
  /** As `to_tsquery` wants it: what begins like the last word. */
  prefix: string;
}

/** Undefined where the last word should be taken as it is. */
export function findHalfTyped(search: string): HalfTyped | undefined {
  const [, before, last] = PLAIN.exec(search) ?? [];
  if (before === undefined || last === undefined) return undefined;
  return { before, prefix: `'${last}':*` };
}

/** Names a search in a cursor, which has no room for 200 characters of any script. */
export function digestOf(search: string): string {
  return createHash('sha256').update(search).digest('base64url').slice(0, 16);
}
