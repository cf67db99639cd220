/** SQL of the keys that sign tokens and cookies. */
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Kysely } from 'kysely';
import type { Keys, SigningKey } from './keys.ts';
import type { IdentitySchema } from './schema.ts';

export function createKeyStore(db: Kysely<IdentitySchema>) {
  return {
    /** The stored keys, after storing those given where there are none. */
    loadKeys(fresh: { signingKey: SigningKey; cookieKey: string }): Promise<Keys> {
      return db.transaction().execute(async (tx) => {
        // #region one-key-for-all-replicas
        // Replicas that start together on an empty database would each find no key and each add one. The lock
        // lets one at a time look; whoever comes second finds the first one's key. Held until the commit,
        // because a lock that is freed earlier lets the next one look before there is something to see.
        await sql`select pg_advisory_xact_lock(hashtextextended('identity keys', 0))`.execute(tx);
        const stored = await readKeys(tx);
        if (stored.signingKeys.length > 0 && stored.cookieKeys.length > 0) return stored;
        // #endregion
        const { signingKey, cookieKey } = fresh;
        const jwk = JSON.stringify(signingKey);
        if (stored.signingKeys.length === 0)
          await tx.insertInto('signing_keys').values({ kid: signingKey.kid, jwk }).execute();
        if (stored.cookieKeys.length === 0)
          await tx.insertInto('cookie_keys').values({ secret: cookieKey }).execute();
        return readKeys(tx);
      });
    },
  };
}

async function readKeys(db: Executor<IdentitySchema>): Promise<Keys> {
  const newestFirst = sql`created_at desc`;
  const signing = await db.selectFrom('signing_keys').select('jwk').orderBy(newestFirst).execute();
  const cookie = await db.selectFrom('cookie_keys').select('secret').orderBy(newestFirst).execute();
  return {
    signingKeys: signing.map(({ jwk }) => jwk as SigningKey),
    cookieKeys: cookie.map(({ secret }) => secret),
  };
}
