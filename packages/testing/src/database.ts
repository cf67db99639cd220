/**
 * A fresh, migrated database for each test. Migrations run once per folder into a template. The first test of a
 * file gets a copy of it, which takes 300 ms; the next ones get the same copy emptied, which takes 30.
 */
import { migrate } from '@waymark/database/migrate.ts';
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  /** For arranging and for looking, beside the code under test. */
  query: <Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ) => Promise<Row[]>;
  drop(): Promise<void>;
}

/** Databases that earlier tests of the same file have left empty; jest loads this module anew for each file. */
const emptied = new Map<string, string[]>();

export async function createTestDatabase(migrations: URL): Promise<TestDatabase> {
  const adminUrl = process.env.TEST_POSTGRES_URL ?? '';
  const template = await findTemplate(adminUrl, migrations.pathname);
  const name = emptied.get(template)?.pop() ?? (await copyTemplate(adminUrl, template));
  const url = databaseUrl(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 2, idleTimeoutMillis: 500 });
  pool.on('error', () => undefined);
  const before = await fingerprint(pool);
  return {
    url,
    async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]) {
      return (await pool.query<Row>(text, values)).rows;
    },
    async drop() {
      const reusable = await empty(pool, before).catch(() => false);
      await pool.end();
      if (reusable) emptied.set(template, [...(emptied.get(template) ?? []), name]);
      else {
        await asAdmin(adminUrl, name, (admin) =>
          admin.query(`drop database if exists ${name} with (force)`),
        );
      }
    },
  };
}

async function copyTemplate(adminUrl: string, template: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // One copy at a time: a template must not be in use while it is copied.
  await asAdmin(adminUrl, template, async (admin) => {
    await admin.query(`create database ${name} template ${template}`);
  });
  return name;
}

/** Ends what is still connected and takes all rows out. False where the test has changed more than rows. */
async function empty(pool: pg.Pool, before: string): Promise<boolean> {
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  );
  if ((await fingerprint(pool)) !== before) return false;
  const tables = await pool.query<{ names: string }>(
    `select string_agg(quote_ident(relname), ', ') as names from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migrations'`,
  );
  await pool.query(`truncate ${tables.rows[0]?.names ?? ''} restart identity cascade`);
  return true;
}

/** Of the schema: tables, columns and constraints by their names. */
async function fingerprint(pool: pg.Pool): Promise<string> {
  const result = await pool.query<{ fingerprint: string }>(
    `select md5(string_agg(name, ',' order by name)) as fingerprint from (
      select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
      union all select conname::text from pg_constraint
      union all select attrelid::regclass || '.' || attname from pg_attribute
        where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
    ) names`,
  );
  return result.rows[0]?.fingerprint ?? '';
}

async function findTemplate(adminUrl: string, folder: string): Promise<string> {
  const name = `template_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  await asAdmin(adminUrl, name, async (admin) => {
    const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await admin.query(`create database ${name}`);
    await migrate(databaseUrl(adminUrl, name), folder);
  });
  return name;
}

async function asAdmin(
  adminUrl: string,
  lock: string,
  work: (admin: pg.Client) => Promise<unknown>,
) {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock]);
    await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
