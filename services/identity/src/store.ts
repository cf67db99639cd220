/** SQL of the identity service, and nothing else. */
import { recordAct, runOn, type Act } from '@waymark/database/audit-trail.ts';
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Kysely } from 'kysely';
import type { Client } from './clients.ts';
import { personQueries } from './person-store.ts';
import type { FoundPayload, IdentitySchema, LookUp, StoredPayload } from './schema.ts';

export function createStore(db: Kysely<IdentitySchema>) {
  return {
    ...clientQueries(db),
    ...personQueries(db),
    ...payloadQueries(db),
    recordAct: (act: Act, now: Date) =>
      db.transaction().execute((tx) => recordAct(runOn(tx), act, now)),
  };
}

export type IdentityStore = ReturnType<typeof createStore>;

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
          public_key: client.publicKey,
          redirect_uris: client.redirectUris,
          may_introspect: client.mayIntrospect,
          device_flow: client.deviceFlow,
          scope: client.scope,
          name: client.name,
        }))
        .sort((a, b) => (a.client_id < b.client_id ? -1 : 1));
      await sql`
        insert into clients select * from jsonb_populate_recordset(null::clients, ${JSON.stringify(rows)})
        on conflict (client_id) do update set
          secret_hash = excluded.secret_hash, public_key = excluded.public_key,
          redirect_uris = excluded.redirect_uris, may_introspect = excluded.may_introspect,
          device_flow = excluded.device_flow,
          scope = excluded.scope, name = excluded.name
      `.execute(db);
    },

    async findClient(clientId: string): Promise<Client | undefined> {
      const row = await db
        .selectFrom('clients')
        .selectAll()
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { scope, name } = row;
      return {
        clientId,
        secretHash: row.secret_hash ?? undefined,
        publicKey: (row.public_key ?? undefined) as Client['publicKey'],
        redirectUris: row.redirect_uris as string[],
        mayIntrospect: row.may_introspect,
        deviceFlow: row.device_flow,
        scope,
        name,
      };
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
      const { model, id, ...columns } = toColumns(stored);
      await db
        .insertInto('oidc_payloads')
        .values({ model, id, ...columns })
        .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(columns))
        .execute();
    },

    /** False where one is there whose time is not over. */
    async addPayload(stored: StoredPayload, now: Date): Promise<boolean> {
      const { model, id, ...columns } = toColumns(stored);
      const result = await db
        .insertInto('oidc_payloads')
        .values({ model, id, ...columns })
        .onConflict((conflict) =>
          conflict
            .columns(['model', 'id'])
            .doUpdateSet(columns)
            .where('oidc_payloads.expires_at', '<=', now),
        )
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },

    /** Undefined where there is none or its time is over, whether it has been swept yet or not. */
    async findPayload({ model, by, value, now }: LookUp): Promise<FoundPayload | undefined> {
      const row = await db
        .selectFrom('oidc_payloads')
        .select(['id', 'payload', 'consumed_at'])
        .where('model', '=', model)
        .where(by, '=', value)
        .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
        .executeTakeFirst();
      return (
        row && {
          id: row.id,
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

function toColumns(stored: StoredPayload) {
  return {
    model: stored.model,
    id: stored.id,
    payload: stored.payload,
    grant_id: stored.grantId ?? null,
    uid: stored.uid ?? null,
    user_code: stored.userCode ?? null,
    expires_at: stored.expiresAt ?? null,
  };
}
