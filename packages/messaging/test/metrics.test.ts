/** What a scrape says of an inbox and an outbox, and that it says the rest where their database is away. */
import { expect, test } from '@jest/globals';
import { connectDatabase } from '@waymark/database/connect.ts';
import { createMetrics, type Metrics } from '@waymark/telemetry/metrics.ts';
import { measureOutbox } from '../src/outbox-metrics.ts';
import { recordOfNote, setup } from './inbox-setup.ts';
import { noted, setupService, type ServiceSchema } from './service-setup.ts';

/** The values of a metric as the scrape says them, by their labels. */
async function values(metrics: Metrics, name: string): Promise<[string, number][]> {
  const lines = (await metrics.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.map((line) => {
    const [, labels = '', value] = /^\w+\{(.*)\} (.*)$/.exec(line) ?? [];
    return [labels.replace(/,?service="\w+",?/, ''), Number(value)];
  });
}

test('events are counted by type: handled, failed attempts, and given up', async () => {
  let failures = 1;
  await using world = await setup(async () => {
    failures -= 1;
    if (failures >= 0) throw new Error('not yet');
  });
  await world.inbox.receive(recordOfNote('a'));
  await world.inbox.receive({ ...recordOfNote('b'), value: '{}', offset: 1 });
  await world.inbox.receive({ ...recordOfNote('c'), headers: {}, offset: 2 });
  const type = `type="${noted.type}"`;
  const { metrics } = world;
  expect(await values(metrics, 'events_handled_total')).toEqual([[type, 1]]);
  expect(await values(metrics, 'event_attempts_failed_total')).toEqual([
    [type, 2],
    ['type="unknown"', 1],
  ]);
  expect(await values(metrics, 'events_dead_lettered_total')).toEqual([
    [type, 1],
    ['type="unknown"', 1],
  ]);
});

test('types that nobody handles make no series', async () => {
  await using world = await setup();
  const record = recordOfNote('a');
  record.headers.ce_type = 'waymark.orders.unheard-of.v1';
  await world.inbox.receive(record);
  expect(await values(world.metrics, 'events_handled_total')).toEqual([]);
});

test('the lag of a group is what its topics hold and it has not handled', async () => {
  await using world = await setup();
  await world.eventLog.publish([recordOfNote('a'), recordOfNote('b')]);
  const labels = 'group="test",topic="waymark.orders"';
  expect(await values(world.metrics, 'consumer_lag_events')).toEqual([[labels, 2]]);
});

test('the outbox says how many events wait, and for how long', async () => {
  await using world = await setupService();
  const metrics = createMetrics('test');
  measureOutbox(metrics, world.db);
  expect(await values(metrics, 'outbox_size')).toEqual([['', 0]]);
  await world.addNotes('a', 'b');
  expect(await values(metrics, 'outbox_size')).toEqual([['', 2]]);
  const [[, age] = ['', 0]] = await values(metrics, 'outbox_age_seconds');
  expect(age).toBeGreaterThan(0);
});

test('a scrape while the database is away leaves out what it would have to ask there, and counts that', async () => {
  const metrics = createMetrics('test');
  const away = 'postgres://nobody@127.0.0.1:1/nothing';
  const db = connectDatabase<ServiceSchema>({ url: away, applicationName: 'test', metrics });
  measureOutbox(metrics, db);
  expect(await values(metrics, 'outbox_size')).toEqual([]);
  expect(await values(metrics, 'pg_pool_waiting')).toEqual([['', 0]]);
  const errors = (await values(metrics, 'metrics_read_errors_total')).filter(
    ([, count]) => count > 0,
  );
  expect(errors.map(([labels]) => labels)).toEqual([
    'metric="outbox_age_seconds"',
    'metric="outbox_size"',
  ]);
  await db.destroy();
});
