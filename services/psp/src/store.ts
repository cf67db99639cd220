/** SQL of the card processor, and nothing else. */
import { brokenConstraint } from '@waymark/database/broken-constraint.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import type { Hold } from './hold.ts';

export interface PspSchema {
  holds: {
    id: string;
    reference: string;
    amount_cents: number;
    currency: string;
    card_token: string;
    state: Hold['state'];
    expires_at: Date;
    created_at: Date;
  };
  answers: {
    idempotency_key: string;
    request_hash: string;
    status: number;
    body: unknown;
    answered_at: Generated<Date>;
  };
  failed_once: { idempotency_key: string; failed_at: Generated<Date> };
}

/** An answer under its key. */
export interface Entry {
  key: string;
  requestHash: string;
  status: number;
  body: object;
}

/** A hold that is new, or moves from the state that it was seen in. */
export type HoldChange = { before?: never; after: Hold; at: Date } | { before: Hold; after: Hold };

export function createStore(db: Kysely<PspSchema>) {
  return {
    /**
     * Writes an answer and what it does to the books, both or neither. `key-taken`: the key has an answer, maybe
     * one that was being written at the same time. `hold-moved`: the hold is no longer in the state it was in.
     */
    async write(entry: Entry, change?: HoldChange): Promise<'done' | 'key-taken' | 'hold-moved'> {
      const { key, requestHash, status, body } = entry;
      try {
        const statement = sql`
          with changed as (${books(change)})
          insert into answers (idempotency_key, request_hash, status, body)
          select ${key}, ${requestHash}, ${status}, ${JSON.stringify(body)} from changed`;
        const { numAffectedRows } = await statement.execute(db);
        return numAffectedRows === 1n ? 'done' : 'hold-moved';
      } catch (error) {
        if (brokenConstraint(error) === 'answers_pkey') return 'key-taken';
        throw error;
      }
    },

    async findAnswer(key: string): Promise<Entry | undefined> {
      const query = db.selectFrom('answers').selectAll().where('idempotency_key', '=', key);
      const row = await query.executeTakeFirst();
      if (row === undefined) return undefined;
      return { key, requestHash: row.request_hash, status: row.status, body: row.body as object };
    },

    async countHolds(reference: string): Promise<number> {
      const row = await db
        .selectFrom('holds')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('reference', '=', reference)
        .executeTakeFirstOrThrow();
      return row.count;
    },

    async findHold(id: string): Promise<Hold | undefined> {
      const query = db.selectFrom('holds').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      return (
        row && {
          id: row.id,
          reference: row.reference,
          amountCents: row.amount_cents,
          currency: row.currency,
          cardToken: row.card_token,
          state: row.state,
          expiresAt: row.expires_at,
        }
      );
    },

    async markFailed(key: string): Promise<boolean> {
      const result = await db
        .insertInto('failed_once')
        .values({ idempotency_key: key })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },

    /** Forgets up to `limit` keys of each kind and returns the larger number. */
    async forgetKeys(before: Date, limit: number): Promise<number> {
      const answers = await sql`
        delete from answers where idempotency_key in (
          select idempotency_key from answers where answered_at < ${before}
          order by answered_at limit ${limit} for update skip locked)`.execute(db);
      const failures = await sql`
        delete from failed_once where idempotency_key in (
          select idempotency_key from failed_once where failed_at < ${before}
          order by failed_at limit ${limit} for update skip locked)`.execute(db);
      return Math.max(Number(answers.numAffectedRows), Number(failures.numAffectedRows));
    },

    async check(): Promise<void> {
      await sql`select 1`.execute(db);
    },
  };
}

export type PspStore = ReturnType<typeof createStore>;

/** The change as a statement of one row, or of none where the hold has moved. */
function books(change: HoldChange | undefined) {
  if (change === undefined) return sql`select 1`;
  const { before, after: hold } = change;
  if (before !== undefined) {
    return sql`
      update holds set state = ${hold.state} where id = ${hold.id} and state = ${before.state} returning id`;
  }
  return sql`
    insert into holds (id, reference, amount_cents, currency, card_token, state, expires_at, created_at)
    values (${hold.id}, ${hold.reference}, ${hold.amountCents}, ${hold.currency}, ${hold.cardToken},
      ${hold.state}, ${hold.expiresAt}, ${change.at})
    returning id`;
}
