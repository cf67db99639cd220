/**
 * The data keys of a service's database: one for each person, made when something of theirs is first sealed, and
 * kept wrapped (sql/data-keys.sql). One a person and not one a row: a rotation then has as many keys to wrap again
 * as there are people, and to erase somebody is to delete one row. docs/decisions/0017 compares them.
 */
import type { Executor } from '@waymark/database/connect.ts';
import { sql } from 'kysely';
import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';
import type { DataKey } from './seal.ts';

export interface DataKeyRow {
  subject: string;
  id: string;
  kek_id: string;
  wrapped: Buffer;
}

/** A service's schema extends this. */
export interface DataKeyTables {
  data_keys: DataKeyRow;
}

export interface DataKeys {
  /** Undefined where there is none, or it was erased. */
  find(subject: string): Promise<DataKey | undefined>;
  /** Made where there is none. */
  get(subject: string): Promise<DataKey>;
  /** For a row that a query of the service has read along with something else. */
  unwrap(row: DataKeyRow): Promise<DataKey>;
}

const KEY_BYTES = 32;

export function createDataKeys(db: Executor<DataKeyTables>, ring: KeyRing): DataKeys {
  async function unwrap({ id, subject, kek_id: kekId, wrapped }: DataKeyRow): Promise<DataKey> {
    return { id, key: await ring.unwrap({ kekId, wrapped }, subject) };
  }

  async function find(subject: string): Promise<DataKey | undefined> {
    const query = db.selectFrom('data_keys').selectAll().where('subject', '=', subject);
    const row = await query.executeTakeFirst();
    return row && unwrap(row);
  }

  /** Of two who add at once, both get the same. */
  async function add(subject: string): Promise<DataKey | undefined> {
    const { kekId, wrapped } = await ring.wrap(randomBytes(KEY_BYTES), subject);
    const { rows } = await sql<DataKeyRow>`
      select * from add_data_key(${subject}, ${randomUUID()}, ${kekId}, ${wrapped})`.execute(db);
    return rows[0] && unwrap(rows[0]);
  }

  return {
    find,
    unwrap,
    async get(subject) {
      const found = (await find(subject)) ?? (await add(subject));
      if (found !== undefined) return found;
      // Ours was retired since we last looked at the ring.
      const current = await ring.refresh();
      const added = await add(subject);
      if (added === undefined) throw new Error(`the key-encryption key ${current} is retired`);
      return added;
    },
  };
}
