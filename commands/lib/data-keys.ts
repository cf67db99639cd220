/** What the services' databases say of the keys that personal fields are sealed with, and their change. */
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyHolders, type KeyHolder } from '../../infra/embedded/names.ts';
import { UserError } from '../../infra/embedded/user-error.ts';
import type { Running } from './running.ts';

type At = Pick<Running, 'databaseUrl'>;

const POLL_MS = 250;
/** A service notices a new key within 5 s, and wraps some thousands of data keys a second. */
const PATIENCE_MS = 120_000;

/** A line for each key that something was ever wrapped by. */
export async function listEncryptionKeys(at: At): Promise<string[]> {
  const lists = keyHolders.map((name) =>
    query(at, name, async (client) => {
      const { rows } = await client.query<{ id: string; retired_at: Date | null; wraps: number }>(
        `select id, retired_at,
           (select count(*)::int from data_keys where kek_id = keks.id) as wraps
         from key_encryption_keys keks order by added_at desc`,
      );
      return rows.map(({ id, retired_at: retiredAt, wraps }) => {
        const state = retiredAt === null ? `wraps ${String(wraps)} data keys` : 'retired';
        return `${name} ${id}  ${state}`;
      });
    }),
  );
  return (await Promise.all(lists)).flat();
}

/**
 * Resolves when everything is wrapped by the key `id`, and no other may wrap again. The services do the work; this
 * waits for it. Throws UserError where that takes too long: nothing is lost, and the same command goes on with it.
 */
export async function retireOldKeys(at: At, id: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (const name of keyHolders) {
    while (!(await query(at, name, (client) => retireOthers(client, id)))) {
      if (performance.now() > deadline)
        throw new UserError(`${name} has not wrapped all its data keys anew; run this again`);
      await sleep(POLL_MS);
    }
  }
}

async function retireOthers(client: pg.Client, id: string): Promise<boolean> {
  const known = await client.query<{ id: string }>(
    'select id from key_encryption_keys where retired_at is null',
  );
  const ids = known.rows.map((row) => row.id);
  // The service has not seen the new one yet.
  if (!ids.includes(id)) return false;
  for (const other of ids.filter((one) => one !== id)) {
    const { rows } = await client.query<{ done: boolean }>(
      'select retire_key_encryption_key($1) as done',
      [other],
    );
    if (rows[0]?.done !== true) return false;
  }
  return true;
}

async function query<T>(
  { databaseUrl }: At,
  name: KeyHolder,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl(name), statement_timeout: 60_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
