/** SQL of people and of their attempts to sign in; part of store.ts. */
import { recordAct, runOn } from '@waymark/database/audit-trail.ts';
import { sql, type Kysely } from 'kysely';
import type { Person } from './people.ts';
import type { IdentitySchema, StoredPerson } from './schema.ts';
import type { Period } from './sign-in.ts';

export function personQueries(db: Kysely<IdentitySchema>) {
  return {
    /** Adds those that are new and brings the others up to date. Who is given another role is on record. */
    async savePeople(people: StoredPerson[], now: Date): Promise<void> {
      if (people.length === 0) return;
      const rows = people
        .map(({ username, passwordHash, role, name, email, emailIndex }) => ({
          username,
          password_hash: passwordHash,
          role,
          name_sealed: toHex(name),
          email_sealed: email && toHex(email),
          email_index: emailIndex,
        }))
        .sort((a, b) => (a.username < b.username ? -1 : 1));
      await db.transaction().execute(async (tx) => {
        const names = rows.map(({ username }) => username);
        const known = await tx
          .selectFrom('people')
          .select(['username', 'role'])
          .where('username', 'in', names)
          .orderBy('username')
          .forUpdate()
          .execute();
        await sql`
          insert into people select * from jsonb_populate_recordset(null::people, ${JSON.stringify(rows)})
          on conflict (username) do update set password_hash = excluded.password_hash,
            role = excluded.role, name = null, name_sealed = excluded.name_sealed,
            email_sealed = excluded.email_sealed, email_index = excluded.email_index
        `.execute(tx);
        for (const { username, role } of rows) {
          const before = known.find((one) => one.username === username)?.role ?? 'customer';
          if (before === role) continue;
          const act = { actor: 'list of people', act: 'change-role', object: `person:${username}` };
          await recordAct(runOn(tx), { ...act, details: { role } }, now);
        }
      });
    },

    async findPerson(by: 'username' | 'email_index', value: string): Promise<Person | undefined> {
      const query = db.selectFrom('people').selectAll().where(by, '=', value);
      const row = await query.executeTakeFirst();
      if (row === undefined) return undefined;
      const { username, password_hash: passwordHash, role, name_sealed: name } = row;
      return { username, passwordHash, role, name: name ?? Buffer.of() };
    },

    async findClearNames(): Promise<{ username: string; name: string }[]> {
      const query = db.selectFrom('people').select(['username', 'name']);
      const rows = await query.where('name', 'is not', null).execute();
      return rows.map(({ username, name }) => ({ username, name: name ?? '' }));
    },

    async saveName(username: string, name_sealed: Buffer): Promise<void> {
      const query = db.updateTable('people').set({ name: null, name_sealed });
      await query.where('username', '=', username).execute();
    },

    /** Counts one more attempt, and says how many there are in the current period. The first over the limit is on
     *  record, once a period, and in the same transaction. */
    countAttempt(key: string, { now, endsAt, limit }: Period): Promise<number> {
      return db.transaction().execute(async (tx) => {
        const counted = await sql<{ attempts: number }>`
          insert into sign_in_attempts as known values (${key}, 1, ${endsAt})
          on conflict (key) do update set
            attempts = case when known.ends_at <= ${now} then 1 else known.attempts + 1 end,
            ends_at = case when known.ends_at <= ${now} then ${endsAt} else known.ends_at end
          returning attempts
        `.execute(tx);
        const attempts = counted.rows[0]?.attempts ?? 0;
        const locked = { actor: 'anybody', act: 'sign-in-locked', object: `sign-in:${key}` };
        if (attempts === limit + 1) await recordAct(runOn(tx), locked, now);
        return attempts;
      });
    },

    async forgetAttempts(key: string): Promise<void> {
      await db.deleteFrom('sign_in_attempts').where('key', '=', key).execute();
    },
  };
}

/** A bytea in JSON. */
function toHex(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
