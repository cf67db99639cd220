/** SQL of the identity service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Kysely } from 'kysely';
import type { Client } from './clients.ts';
import type { Keys, SigningKey } from './keys.ts';
import type { Person } from './people.ts';
import type { FoundPayload, IdentitySchema, LookUp, StoredPayload } from './schema.ts';

export function createStore(db: Kysely<IdentitySchema>) {
  return {
    ...clientQueries(db),
    ...personQueries(db),
    ...payloadQueries(db),

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

export type IdentityStore = ReturnType<typeof createStore>;

async function readKeys(db: Executor<IdentitySchema>): Promise<Keys> {
  const newestFirst = sql`created_at desc`;
  const signing = await db.selectFrom('signing_keys').select('jwk').orderBy(newestFirst).execute();
  const cookie = await db.selectFrom('cookie_keys').select('secret').orderBy(newestFirst).execute();
  return {
    signingKeys: signing.map(({ jwk }) => jwk as SigningKey),
    cookieKeys: cookie.map(({ secret }) => secret),
  };
}

function clientQueries(db: Executor<IdentitySchema>) {
  return {
    /** Adds those that are new and brings the others up to date. */
    async saveClients(clients: Client[]): Promise<void> {
      if (clients.length === 0) return;
      // All in one order: two replicas that start at once would otherwise wait for each other's rows.
      const rows = clients
        .map((client) => ({
          client_id: client.clientId,
          secret_hash: client.secretHash ?? null,
          redirect_uris: JSON.stringify(client.redirectUris),
          scope: client.scope,
          name: client.name,
        }))
        .sort((a, b) => (a.client_id < b.client_id ? -1 : 1));
      await db
        .insertInto('clients')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('client_id').doUpdateSet((row) => ({
            secret_hash: row.ref('excluded.secret_hash'),
            redirect_uris: row.ref('excluded.redirect_uris'),
            scope: row.ref('excluded.scope'),
            name: row.ref('excluded.name'),
          })),
        )
        .execute();
    },

    async findClient(clientId: string): Promise<Client | undefined> {
      const row = await db
        .selectFrom('clients')
        .selectAll()
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { scope, name } = row;
      const redirectUris = row.redirect_uris as string[];
      return { clientId, secretHash: row.secret_hash ?? undefined, redirectUris, scope, name };
    },

    /** Throws where the database cannot answer. */
    async ping(): Promise<void> {
      await sql`select 1`.execute(db);
    },
  };
}

function personQueries(db: Executor<IdentitySchema>) {
  return {
    /** Adds those that are new and brings the others up to date. */
    async savePeople(people: Person[]): Promise<void> {
      if (people.length === 0) return;
      const rows = people
        .map(({ username, passwordHash, name }) => ({
          username,
          password_hash: passwordHash,
          name,
        }))
        .sort((a, b) => (a.username < b.username ? -1 : 1));
      await sql`
        insert into people select * from jsonb_populate_recordset(null::people, ${JSON.stringify(rows)})
        on conflict (username) do update set password_hash = excluded.password_hash, name = excluded.name
      `.execute(db);
    },

    async findPerson(username: string): Promise<Person | undefined> {
      const query = db.selectFrom('people').selectAll().where('username', '=', username);
      const row = await query.executeTakeFirst();
      return row && { username, passwordHash: row.password_hash, name: row.name };
    },

    /** Counts one more attempt, and says how many there are in the current period. */
    async countAttempt(key: string, { now, endsAt }: { now: Date; endsAt: Date }): Promise<number> {
      const counted = await sql<{ attempts: number }>`
        insert into sign_in_attempts as known values (${key}, 1, ${endsAt})
        on conflict (key) do update set
          attempts = case when known.ends_at <= ${now} then 1 else known.attempts + 1 end,
          ends_at = case when known.ends_at <= ${now} then ${endsAt} else known.ends_at end
        returning attempts
      `.execute(db);
      return counted.rows[0]?.attempts ?? 0;
    },

    async forgetAttempts(key: string): Promise<void> {
      await db.deleteFrom('sign_in_attempts').where('key', '=', key).execute();
    },
  };
}

function payloadQueries(db: Executor<IdentitySchema>) {
  return {
    async savePayload(stored: StoredPayload): Promise<void> {
      const { model, id, payload } = stored;
      const columns = {
        payload,
        grant_id: stored.grantId ?? null,
        uid: stored.uid ?? null,
        user_code: stored.userCode ?? null,
        expires_at: stored.expiresAt ?? null,
      };
      await db
        .insertInto('oidc_payloads')
        .values({ model, id, ...columns })
        .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(columns))
        .execute();
    },

    /** Undefined where there is none or its time is over, whether it has been swept yet or not. */
    async findPayload({ model, by, value, now }: LookUp): Promise<FoundPayload | undefined> {
      const row = await db
        .selectFrom('oidc_payloads')
        .select(['payload', 'consumed_at'])
        .where('model', '=', model)
        .where(by, '=', value)
        .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
        .executeTakeFirst();
      return (
        row && {
          payload: row.payload as Record<string, unknown>,
          consumedAt: row.consumed_at ?? undefined,
        }
      );
    },

    /** False where it was consumed before, or is not there. */
    async consumePayload(model: string, id: string, now: Date): Promise<boolean> {
      const result = await db
        .updateTable('oidc_payloads')
        .set({ consumed_at: now })
        .where('model', '=', model)
        .where('id', '=', id)
        .where('consumed_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },

    async deletePayloads(model: string, by: 'id' | 'grant_id', value: string): Promise<void> {
      const query = db.deleteFrom('oidc_payloads').where('model', '=', model);
      await query.where(by, '=', value).execute();
    },

    /** Deletes at most `limit` rows of a kind whose time is over, and says how many of the more frequent kind. */
    async deleteExpired(now: Date, limit: number): Promise<number> {
      const sweep = (table: string, endsAt: string) =>
        // Replicas do not wait for each other.
        sql`
          delete from ${sql.table(table)} where ctid = any(array(
            select ctid from ${sql.table(table)} where ${sql.ref(endsAt)} <= ${now}
            order by ${sql.ref(endsAt)} limit ${limit} for update skip locked
          ))
        `.execute(db);
      const attempts = await sweep('sign_in_attempts', 'ends_at');
      const payloads = await sweep('oidc_payloads', 'expires_at');
      return Math.max(Number(attempts.numAffectedRows), Number(payloads.numAffectedRows));
    },
  };
}
