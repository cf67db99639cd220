/** SQL of the card processor, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
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

export function createStore(db: Kysely<PspSchema>) {
  return {
    transaction: <T>(work: (tx: PspQueries) => Promise<T>): Promise<T> =>
      db.transaction().execute((tx) => work(queriesOn(tx))),

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
export type PspQueries = ReturnType<typeof queriesOn>;

function queriesOn(db: Executor<PspSchema>) {
  return {
    /** Held until the transaction ends, also by the process's death. */
    async lockKey(key: string): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(db);
    },

    async findAnswer(key: string) {
      const row = await db
        .selectFrom('answers')
        .selectAll()
        .where('idempotency_key', '=', key)
        .executeTakeFirst();
      return row && { requestHash: row.request_hash, status: row.status, body: row.body as object };
    },

    async saveAnswer(key: string, hash: string, answer: { status: number; body: object }) {
      const { status, body } = answer;
      await db
        .insertInto('answers')
        .values({ idempotency_key: key, request_hash: hash, status, body: JSON.stringify(body) })
        .execute();
    },

    async countHolds(reference: string): Promise<number> {
      const row = await db
        .selectFrom('holds')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('reference', '=', reference)
        .executeTakeFirstOrThrow();
      return row.count;
    },

    async insertHold(hold: Hold, createdAt: Date): Promise<void> {
      await db
        .insertInto('holds')
        .values({
          id: hold.id,
          reference: hold.reference,
          amount_cents: hold.amountCents,
          currency: hold.currency,
          card_token: hold.cardToken,
          state: hold.state,
          expires_at: hold.expiresAt,
          created_at: createdAt,
        })
        .execute();
    },

    async findHoldForUpdate(id: string): Promise<Hold | undefined> {
      const query = db.selectFrom('holds').selectAll().where('id', '=', id).forUpdate();
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

    async saveState({ id, state }: Hold): Promise<void> {
      await db.updateTable('holds').set({ state }).where('id', '=', id).execute();
    },
  };
}
