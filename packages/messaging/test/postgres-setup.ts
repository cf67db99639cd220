/** The embedded event log on a database of the test's own. */
import type { Log } from '@waymark/telemetry/log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import type { EventLog } from '../src/event-log.ts';
import { openPostgresEventLog } from '../src/postgres-event-log.ts';
import type { LogUnderTest } from './log-under-test.ts';

export function createBroker(): Promise<TestDatabase> {
  return createTestDatabase(new URL('../migrations/', import.meta.url));
}

/** Clients of the log in that database, which stays when they are closed. */
export function logIn(broker: TestDatabase, log: Log = silentLog): LogUnderTest {
  const clients: EventLog[] = [];
  return {
    url: broker.url,
    connect() {
      const client = openPostgresEventLog({ url: broker.url, client: 'test', log });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
