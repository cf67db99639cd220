/** The suites of the port on the embedded adapter, and what it does when its server or a notification is lost. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import type { TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { openLine } from '@waymark/testing/line.ts';
import pg from 'pg';
import { PoisonError } from '../src/handler.ts';
import { openWorkQueue } from '../src/open.ts';
import { RetryLater, type WorkQueue } from '../src/work-queue.ts';
import { createBroker } from './postgres-setup.ts';
import { done, setup, valuesOf, type QueueUnderTest } from './queue-under-test.ts';
import { workQueueLeasesSuite } from './work-queue-leases.suite.ts';
import { workQueueSuite } from './work-queue.suite.ts';

let broker: TestDatabase;
beforeAll(async () => {
  broker = await createBroker();
});
afterAll(() => broker.drop());

async function open(url = broker.url): Promise<QueueUnderTest> {
  const clients: WorkQueue[] = [];
  return {
    url,
    connect() {
      const client = openWorkQueue({ url, client: 'test', log: silentLog });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

async function openLineThatEnds() {
  const line = await openLine(broker.url);
  return { ...line, [Symbol.asyncDispose]: line.cut };
}

workQueueSuite('postgres', () => open());
workQueueLeasesSuite('postgres', () => open());

test('a message whose notification was lost is found by the poll', async () => {
  await using world = await setup(() => open());
  const { begun } = world.work(done);
  await world.send('announced');
  await eventually(() => begun.length === 1);
  await broker.query(
    `insert into work_messages (queue, key, headers, value, due_at) values ($1, '', '{}', 'silent', now())`,
    [world.queue],
  );
  await eventually(() => begun.length === 2, 3000);
});

test.each(['done', 'failed', 'poison'])(
  'a worker that froze and lost its lease changes nothing when it wakes with work that is %s',
  async (outcome) => {
    await using world = await setup(() => open());
    const gates = [1, 2].map(() => Promise.withResolvers<void>());
    const frozen = world.work(async () => {
      await gates[0]?.promise;
      if (outcome === 'failed') throw new RetryLater(60_000, 'stale');
      if (outcome === 'poison') throw new PoisonError('stale');
    });
    await world.send('a');
    await eventually(() => frozen.begun.length === 1);
    const stopping = frozen.stop();
    // Its own clock stands still while it is frozen; the server's does not.
    await broker.query('update work_messages set due_at = now() where queue = $1', [world.queue]);
    const heir = world.work(async ({ attempt }) => {
      if (attempt > 2) return;
      await gates[1]?.promise;
      throw new Error('not yet');
    });
    await eventually(() => heir.begun.length === 1);
    gates[0]?.resolve();
    await stopping;
    gates[1]?.resolve();
    await eventually(() => heir.begun.length === 2, 3000);
    expect(heir.begun.map(({ attempt }) => attempt)).toEqual([2, 3]);
    expect(await world.letters()).toEqual([]);
  },
);

test('a claim counts what another has just taken and not yet committed', async () => {
  await using world = await setup(() => open());
  for (const value of ['a', 'b']) await world.send(value, { key: 'partner' });
  const claim = 'select * from claim_work($1, 1, 1, 60000, $2)';
  const slow = new pg.Client({ connectionString: broker.url });
  await slow.connect();
  await slow.query('begin');
  expect((await slow.query(claim, [world.queue, 'slow'])).rowCount).toBe(1);
  const other = broker.query(claim, [world.queue, 'other']);
  await eventually(async () => {
    const waiting = await broker.query(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%claim_work%'`,
    );
    return waiting.length === 1;
  });
  await slow.query('commit');
  await slow.end();
  expect(await other).toEqual([]);
});

test('what is done leaves nothing behind', async () => {
  await using world = await setup(() => open());
  const { begun } = world.work(done);
  await world.send('a');
  await eventually(() => begun.length === 1);
  await eventually(async () => {
    const left = await broker.query('select 1 from work_messages where queue = $1', [world.queue]);
    return left.length === 0;
  });
});

test('while the server is away sending fails as unavailable, and workers go on when it is back', async () => {
  await using line = await openLineThatEnds();
  await using world = await setup(() => open(line.url));
  const { begun } = world.work(done);
  await world.send('before');
  await eventually(() => begun.length === 1);
  await line.cut();
  const failure: unknown = await world.send('lost').catch((error: unknown) => error);
  expect(isUnavailable(failure)).toBe(true);
  await line.mend();
  // A connection from before the cut may be the first to be used.
  await eventually(() => world.send('after'));
  await eventually(() => valuesOf(begun).includes('after'));
});

test('a queue at an address of no known kind is refused by name', () => {
  const options = { url: 'mqtt://127.0.0.1/', client: 'test', log: silentLog };
  expect(() => openWorkQueue(options)).toThrow('no adapter for mqtt://');
});
