/**
 * Makes an empty PostgreSQL server the platform's: login roles, a database per service, the broker's
 * database with the topics, and every migration. All of it can be repeated, so each start runs it.
 */
import { topics } from '@waymark/contracts/topics.ts';
import { migrate } from '@waymark/database/migrate.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { brokerClients, databaseNames, roleNames } from './names.ts';
import { adminUrl, databaseUrl, type Settings } from './services.ts';

const root = new URL('../../', import.meta.url);

export async function provision(settings: Settings): Promise<void> {
  await withClient(adminUrl(settings), async (admin) => {
    for (const name of roleNames) await createRole(admin, name, settings);
    for (const name of databaseNames) await createDatabase(admin, name);
  });
  await Promise.all(
    databaseNames.map((name) => migrate(databaseUrl(settings, name), migrationsOf(name))),
  );
  await withClient(databaseUrl(settings, 'broker'), grantBroker);
  const url = databaseUrl(settings, 'broker');
  const eventLog = openPostgresEventLog({ url, client: 'provision', log: silentLog });
  await eventLog.createTopics(topics);
  await eventLog.close();
}

function migrationsOf(name: string): string {
  const folder =
    name === 'broker' ? 'packages/messaging/migrations' : `services/${name}/migrations`;
  return fileURLToPath(new URL(`${folder}/`, root));
}

async function createRole(admin: pg.Client, name: string, { secrets }: Settings): Promise<void> {
  const found = await admin.query('select 1 from pg_roles where rolname = $1', [name]);
  if (found.rowCount !== 0) return;
  const password = admin.escapeLiteral(secrets.databasePasswords[name] ?? '');
  await admin.query(`create role ${admin.escapeIdentifier(name)} login password ${password}`);
}

async function createDatabase(admin: pg.Client, name: string): Promise<void> {
  const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
  if (found.rowCount !== 0) return;
  const id = admin.escapeIdentifier(name);
  await admin.query(`create database ${id} owner ${id}`);
  // By default every role may connect to every database.
  await admin.query(`revoke all on database ${id} from public`);
}

/** Clients of the broker use its tables but own none. */
async function grantBroker(broker: pg.Client): Promise<void> {
  const roles = brokerClients.map((name) => broker.escapeIdentifier(name)).join(', ');
  await broker.query(`grant connect on database broker to ${roles}`);
  await broker.query(`grant usage on schema public to ${roles}`);
  await broker.query(
    `grant select, insert, update, delete on all tables in schema public to ${roles}`,
  );
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
