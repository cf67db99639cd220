/** The suites of the port on the embedded adapter, on one database: their names do not meet. */
import { afterAll, beforeAll } from '@jest/globals';
import type { TestDatabase } from '@waymark/testing/database.ts';
import { eventLogGroupsSuite } from './event-log-groups.suite.ts';
import { eventLogSuite } from './event-log.suite.ts';
import { createBroker, logIn } from './postgres-setup.ts';

let broker: TestDatabase;
beforeAll(async () => {
  broker = await createBroker();
});
afterAll(() => broker.drop());

eventLogSuite('postgres', async () => logIn(broker));
eventLogGroupsSuite('postgres', async () => logIn(broker));
