/**
 * Tells a database that is away, overloaded or asking us to try again from a statement that is wrong.
 * The first deserves another attempt of the same work, the second never gets better.
 */
import pg from 'pg';

/** SQLSTATE classes and codes: https://www.postgresql.org/docs/17/errcodes-appendix.html */
const PASSING = /^(08|0A000|25006|40|53|55P03|57|58)/;

/** What node, pg and our adapters of other servers say of an outage, by code or by message where there is no code. */
const BROKEN_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UNAVAILABLE',
]);
const BROKEN_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/;

export function isUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return PASSING.test(error.code ?? '');
  if (typeof error !== 'object' || error === null) return false;
  // Node gathers the failures of all of a name's addresses in one error.
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isUnavailable);
  const { code, message } = error as { code?: unknown; message?: unknown };
  return BROKEN_CODES.has(String(code)) || BROKEN_MESSAGES.test(String(message));
}

/** For adapters of other servers: an error that says which of them, and counts as unavailable. */
export function unavailable(server: string, cause: unknown): Error {
  const { message } = cause as Error;
  return Object.assign(new Error(`${server}: ${message}`, { cause }), { code: 'UNAVAILABLE' });
}
