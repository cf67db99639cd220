/**
 * Kysely sends every statement as text, which PostgreSQL then parses and plans each time. Under a name a
 * connection does that once and afterwards only sends the values. Statements without values, such as `begin`,
 * stay as they are.
 */
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';

/** Statements are few and fixed; a list whose length varies makes several. Beyond this they go unnamed. */
const LIMIT = 300;
/** "cached plan must not change result type": https://www.postgresql.org/docs/17/errcodes-appendix.html */
const PLAN_OUTDATED = '0A000';

export function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  let generation = 0;

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= LIMIT) return known;
    const name = `statement ${String(generation)}.${String(names.size)}`;
    names.set(text, name);
    return name;
  }

  async function query<Row>(
    client: pg.PoolClient,
    text: string,
    values: readonly unknown[],
  ): Promise<PostgresQueryResult<Row>> {
    const name = values.length === 0 ? undefined : nameOf(text);
    try {
      const config = { text, values: [...values], ...(name === undefined ? {} : { name }) };
      return (await client.query(config)) as unknown as PostgresQueryResult<Row>;
    } catch (error) {
      // #region outdated-plan
      // A migration that adds a column outdates the plan of a `select *` on every open connection, where it
      // would fail for ever. New names make them plan anew, and the transaction that failed is tried again.
      if ((error as { code?: unknown }).code === PLAN_OUTDATED) {
        names.clear();
        generation += 1;
      }
      throw error;
      // #endregion
    }
  }

  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect();
      let broken = false;
      const named = {
        async query<Row>(text: string, values: readonly unknown[]) {
          try {
            return await query<Row>(client, text, values);
          } catch (error) {
            broken ||= isBreaking(error);
            throw error;
          }
        },
        release: (destroy?: boolean) => {
          client.release(destroy === true || broken);
        },
      };
      // Of the two ways to call `query`, the other is for cursors, which nothing here uses.
      return named as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

/**
 * Whether the connection is of no more use. One that gave no answer in time may be in the middle of anything, a
 * transaction included; one whose session the server ended breaks a moment later, in the hands of the next user.
 */
function isBreaking(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || error.severity !== 'ERROR';
}
