/** SQL of the people: who they are, and how often signing in was tried. */
import { recordAct, runOn } from '@waymark/database/audit-trail.ts';
import { sql, type Kysely } from 'kysely';
import type { Person } from './people.ts';
import type { IdentitySchema } from './schema.ts';
import type { Period } from './sign-in.ts';

export function personQueries(db: Kysely<IdentitySchema>) {
  return {
    /** Adds those that are new and brings the others up to date. Who is given another role is on record. */
    async savePeople(people: Person[], now: Date): Promise<void> {
      if (people.length === 0) return;
      const rows = people
        .map(({ username, passwordHash, name, role }) => ({
          username,
          password_hash: passwordHash,
          name,
          role,
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
            name = excluded.name, role = excluded.role
        `.execute(tx);
        for (const { username, role } of rows) {
          const before = known.find((one) => one.username === username)?.role ?? 'customer';
          if (before === role) continue;
          const act = { actor: 'list of people', act: 'change-role', object: `person:${username}` };
          await recordAct(runOn(tx), { ...act, details: { role } }, now);
        }
      });
    },

    async findPerson(username: string): Promise<Person | undefined> {
      const query = db.selectFrom('people').selectAll().where('username', '=', username);
      const row = await query.executeTakeFirst();
      return row && { username, passwordHash: row.password_hash, name: row.name, role: row.role };
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
