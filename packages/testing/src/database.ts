/**
 * A fresh, migrated database for each test. Migrations run once per folder into a template, and a test gets a
 * copy of it, which takes some 30 ms.
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

export async function createTestDatabase(migrations: URL): Promise<TestDatabase> {
  const adminUrl = process.env.TEST_POSTGRES_URL ?? '';
  const template = await findTemplate(adminUrl, migrations.pathname);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // One copy at a time: a template must not be in use while it is copied.
  await asAdmin(adminUrl, template, async (admin) => {
    await admin.query(`create database ${name} template ${template}`);
  });
  const url = databaseUrl(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 2, idleTimeoutMillis: 500 });
  pool.on('error', () => undefined);
  return {
    url,
    async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]) {
      return (await pool.query<Row>(text, values)).rows;
    },
    async drop() {
      await pool.end();
      await asAdmin(adminUrl, name, (admin) =>
        admin.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
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
