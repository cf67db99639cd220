/** SQL of the identity service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import type { Client } from './clients.ts';
import type { Keys, SigningKey } from './keys.ts';

export interface IdentitySchema {
  clients: { client_id: string; secret_hash: string; scope: string; name: string };
  signing_keys: { kid: string; jwk: unknown; created_at: Generated<Date> };
  cookie_keys: { secret: string; created_at: Generated<Date> };
  oidc_payloads: {
    model: string;
    id: string;
    payload: unknown;
    grant_id: string | null;
    uid: string | null;
    user_code: string | null;
    consumed_at: Date | null;
    expires_at: Date | null;
  };
}

/** What oidc-provider wants kept, and the parts of it that it is looked up by. */
interface StoredPayload {
  model: string;
  id: string;
  /** JSON. */
  payload: string;
  grantId: string | undefined;
  uid: string | undefined;
  userCode: string | undefined;
  expiresAt: Date | undefined;
}

export interface FoundPayload {
  payload: Record<string, unknown>;
  consumedAt: Date | undefined;
}

interface LookUp {
  model: string;
  by: 'id' | 'uid' | 'user_code';
  value: string;
  now: Date;
}

export function createStore(db: Kysely<IdentitySchema>) {
  return {
    ...clientQueries(db),
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
          secret_hash: client.secretHash,
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
      return { clientId: row.client_id, secretHash: row.secret_hash, scope, name };
    },

    /** Throws where the database cannot answer. */
    async ping(): Promise<void> {
      await sql`select 1`.execute(db);
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

    /** Deletes at most `limit` rows whose time is over, and says how many. Replicas do not wait for each other. */
    async deleteExpired(now: Date, limit: number): Promise<number> {
      const { numAffectedRows = 0n } = await sql`
        delete from oidc_payloads where ctid = any(array(
          select ctid from oidc_payloads where expires_at <= ${now}
          order by expires_at limit ${limit} for update skip locked
        ))
      `.execute(db);
      return Number(numAffectedRows);
    },
  };
}
