/** SQL of the keys that sign tokens and cookies. Their states are told in migrations/0004-signing-key-states.sql. */
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Kysely } from 'kysely';
import type { FreshKeys, SigningKey, StoredKeys } from './keys.ts';
import type { IdentitySchema } from './schema.ts';

export function createKeyStore(db: Kysely<IdentitySchema>) {
  return {
    readKeys: (now: Date): Promise<StoredKeys> => readKeys(db, now),

    /** The stored keys, after storing of those given what is missing. */
    completeKeys(fresh: FreshKeys, now: Date): Promise<StoredKeys> {
      return db.transaction().execute(async (tx) => {
        // #region one-key-for-all-replicas
        // Replicas that start together on an empty database would each find no key and each add one. The lock
        // lets one at a time look; whoever comes second finds the first one's key. Held until the commit,
        // because a lock that is freed earlier lets the next one look before there is something to see.
        await sql`select pg_advisory_xact_lock(hashtextextended('identity keys', 0))`.execute(tx);
        const stored = await readKeys(tx, now);
        // #endregion
        for (const state of ['current', 'next'] as const) {
          if (stored[state] !== undefined) continue;
          const { kid } = fresh[state];
          const jwk = JSON.stringify(fresh[state]);
          await tx.insertInto('signing_keys').values({ kid, jwk, state }).execute();
        }
        if (stored.cookieKeys.length === 0)
          await tx.insertInto('cookie_keys').values({ secret: fresh.cookieKey }).execute();
        return readKeys(tx, now);
      });
    },

    async deleteEndedKeys(now: Date): Promise<void> {
      await db.deleteFrom('signing_keys').where('ends_at', '<=', now).execute();
    },
  };
}

async function readKeys(db: Executor<IdentitySchema>, now: Date): Promise<StoredKeys> {
  const newestFirst = sql`created_at desc`;
  const signing = await db
    .selectFrom('signing_keys')
    .select(['state', 'jwk'])
    .where((row) => row.or([row('ends_at', 'is', null), row('ends_at', '>', now)]))
    .orderBy(newestFirst)
    .execute();
  const cookie = await db.selectFrom('cookie_keys').select('secret').orderBy(newestFirst).execute();
  const inState = (state: string) =>
    signing.filter((row) => row.state === state).map(({ jwk }) => jwk as SigningKey);
  return {
    current: inState('current')[0],
    next: inState('next')[0],
    retired: inState('retired'),
    cookieKeys: cookie.map(({ secret }) => secret),
  };
}
