import pg from 'pg';

/** The name of the constraint that a statement broke, such as `answers_pkey`; undefined for any other error. */
export function brokenConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}
