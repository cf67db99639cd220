/**
 * Makes an empty PostgreSQL server the embedded platform's: the services' databases, and the broker's with the
 * topics. All of it can be repeated, so each start runs it.
 */
import { topics } from '@waymark/contracts/topics.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import type pg from 'pg';
import { provisionDatabases, withClient } from '../postgres/provision.ts';
import { brokerClients, databaseNames } from './names.ts';
import { adminUrl, databaseUrl, type Settings } from './services.ts';

export async function provision(settings: Settings): Promise<void> {
  await provisionDatabases({
    adminUrl: adminUrl(settings),
    databases: databaseNames,
    passwords: settings.secrets.databasePasswords,
    databaseUrl: (name) => databaseUrl(settings, name),
  });
  const url = databaseUrl(settings, 'broker');
  await withClient(url, grantBroker);
  const eventLog = openPostgresEventLog({ url, client: 'provision', log: silentLog });
  await eventLog.createTopics(topics);
  await eventLog.close();
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
