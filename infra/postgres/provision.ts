/**
 * Makes an empty PostgreSQL server the platform's: a login role and a database of its own for each service, and
 * every migration. All of it can be repeated, and by several at once, so each start runs it; it also gives roles
 * the passwords that are theirs now.
 */
import { migrate } from '@waymark/database/migrate.ts';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { DatabaseName } from '../embedded/names.ts';

export interface Provisioning {
  /** As the server's own superuser. */
  adminUrl: string;
  /** Each is owned by the role of the same name. */
  databases: readonly DatabaseName[];
  /** The password of each role that may log in. */
  passwords: Readonly<Record<string, string>>;
  /** The address of a database, as its owner. */
  databaseUrl(name: DatabaseName): string;
}

const LOCK = 4_711_002;
const root = new URL('../../', import.meta.url);

export async function provisionDatabases(options: Provisioning): Promise<void> {
  const { adminUrl, databases, passwords, databaseUrl } = options;
  await withClient(adminUrl, async (admin) => {
    // Whoever comes second finds everything there; the lock goes with the connection.
    await admin.query('select pg_advisory_lock($1)', [LOCK]);
    for (const [name, password] of Object.entries(passwords)) await giveRole(admin, name, password);
    for (const name of databases) await createDatabase(admin, name);
  });
  await Promise.all(databases.map((name) => migrate(databaseUrl(name), migrationsOf(name))));
  for (const name of databases) {
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    await withClient(url.href, (admin) => takeAuditTrail(admin, name));
  }
}

// #region a-trail-that-its-writer-cannot-change
// The migration made the table, so the service's role owns it, and an owner gives itself any right that is taken from
// it. So the server's administrator takes the table over, and the schema with it: who owns a schema may drop whatever
// is in it. The role still makes tables of its own, and of this one it may read and add rows.
async function takeAuditTrail(admin: pg.Client, name: string): Promise<void> {
  const found = await admin.query(`select 1 where to_regclass('public.audit_trail') is not null`);
  if (found.rowCount === 0) return;
  const role = admin.escapeIdentifier(name);
  await admin.query('alter schema public owner to current_user');
  await admin.query(`grant usage, create on schema public to ${role}`);
  await admin.query('alter table public.audit_trail owner to current_user');
  await admin.query(`revoke all on public.audit_trail from ${role}`);
  await admin.query(`grant select, insert on public.audit_trail to ${role}`);
}
// #endregion

function migrationsOf(name: string): string {
  const folder =
    name === 'broker' ? 'packages/messaging/migrations' : `services/${name}/migrations`;
  return fileURLToPath(new URL(`${folder}/`, root));
}

async function giveRole(admin: pg.Client, name: string, password: string): Promise<void> {
  const found = await admin.query('select 1 from pg_roles where rolname = $1', [name]);
  const verb = found.rowCount === 0 ? 'create' : 'alter';
  const role = admin.escapeIdentifier(name);
  await admin.query(`${verb} role ${role} login password ${admin.escapeLiteral(password)}`);
}

async function createDatabase(admin: pg.Client, name: string): Promise<void> {
  const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
  if (found.rowCount !== 0) return;
  const id = admin.escapeIdentifier(name);
  await admin.query(`create database ${id} owner ${id}`);
  // By default every role may connect to every database.
  await admin.query(`revoke all on database ${id} from public`);
}

export async function withClient(
  url: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
