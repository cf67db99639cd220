/** Lets transactions meet at a lock, which they otherwise do by chance. */
import { createPool } from '@waymark/database/connect.ts';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';

/** Holds what the statement locks, as a slow transaction would, until the returned function is called. */
export async function holdLocks(
  { url }: TestDatabase,
  statement: string,
  values: unknown[] = [],
): Promise<() => Promise<void>> {
  const pool = createPool({ url, applicationName: 'holder' });
  const client = await pool.connect();
  await client.query('begin');
  await client.query(statement, values);
  return async () => {
    await client.query('commit');
    client.release();
    await pool.end();
  };
}

/** Resolves when this many transactions wait for a lock. */
export async function waitersForLocks({ query }: TestDatabase, count: number): Promise<void> {
  await eventually(async () => {
    const rows = await query(
      `select 1 from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length === count;
  });
}
