import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createOperations } from '@waymark/lifecycle/operations.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createPartner, startReceiver, type Receiver } from './partner.ts';
import { setup, type World } from './setup.ts';

let world: World;
let receiver: Receiver;
let partner: Awaited<ReturnType<typeof createPartner>>;
beforeEach(async () => {
  world = await setup();
  receiver = await startReceiver();
  partner = await createPartner(world);
});
afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

const DAY_MS = 24 * 3_600_000;

/** The series of webhooks, by name and labels. */
async function scrape(): Promise<Record<string, number>> {
  const operations = createOperations(world.app, world.metrics, { draining: false });
  const { body } = await operations.inject({ url: '/metrics' });
  const lines = body.split('\n').filter((line) => line.startsWith('webhook_'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, series = '', value] = /^(.*) (.*)$/.exec(line) ?? [];
      const rest = series.replace(/,?service="notifications"/, '').replace('{,', '{');
      return [rest.replace('{}', ''), Number(value)];
    }),
  );
}

test('deliveries are counted by what came of each attempt, and those that wait as long as they do', async () => {
  receiver.behaviour = (answer) => answer.writeHead(500).end();
  const { id } = await partner.register(receiver.url, ['order-placed']);
  expect(await scrape()).toMatchObject({
    'webhook_deliveries_total{outcome="delivered"}': 0,
    webhook_deliveries_waiting: 0,
  });
  await world.place();
  await eventually(async () => {
    expect(await scrape()).toMatchObject({
      'webhook_deliveries_total{outcome="retried"}': 1,
      'webhook_attempt_duration_seconds_count{outcome="retried"}': 1,
      webhook_deliveries_waiting: 1,
    });
  });
  receiver.behaviour = (answer) => answer.writeHead(204).end();
  world.time.aheadMs += DAY_MS;
  await eventually(async () => {
    expect(await scrape()).toMatchObject({
      'webhook_deliveries_total{outcome="delivered"}': 1,
      'webhook_deliveries_total{outcome="retried"}': 1,
      'webhook_deliveries_total{outcome="failed"}': 0,
      'webhook_attempt_duration_seconds_count{outcome="delivered"}': 1,
      webhook_deliveries_waiting: 0,
    });
  });
  expect(await partner.deliveries(id)).toMatchObject([{ state: 'delivered' }]);
});

test('what is given up with its webhook counts too, and no series names a partner', async () => {
  receiver.behaviour = (answer) => answer.writeHead(500).end();
  await partner.register(receiver.url, ['order-placed']);
  await world.place();
  await eventually(async () => {
    expect(await scrape()).toMatchObject({ 'webhook_deliveries_total{outcome="retried"}': 1 });
  });
  receiver.behaviour = (answer) => answer.writeHead(410).end();
  await world.place();
  await eventually(async () => {
    expect(await scrape()).toMatchObject({
      'webhook_deliveries_total{outcome="failed"}': 2,
      'webhook_deliveries_total{outcome="retried"}': 1,
      webhook_deliveries_waiting: 0,
    });
  });
  const labels = Object.keys(await scrape()).map((series) => series.replace(/^\w+/, ''));
  const allowed = /^(\{(le="[^"]+",)?outcome="(delivered|retried|failed)"\})?$/;
  expect(labels.filter((label) => !allowed.test(label))).toEqual([]);
});

test('a delivery stays for thirty days after its last attempt, and one that waits stays longer', async () => {
  const { id } = await partner.register(receiver.url, ['order-placed']);
  await world.place();
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'delivered' }]);
  });
  await world.stopFirst();
  const age = (days: number) =>
    world.database.query(
      `update deliveries set last_attempt_at = now() - $1::int * interval '1 day', created_at = now() - interval '99 days'`,
      [days],
    );
  await age(29);
  await world.database.query(
    `insert into deliveries (webhook_id, event_id, event_type, body, state, next_attempt_at, created_at)
      values ($1, 'waits', 'order-placed', '{}', 'pending', now() + interval '1 hour', now() - interval '99 days'),
        ($1, 'never attempted', 'order-placed', '{}', 'failed', null, now() - interval '31 days')`,
    [id],
  );
  const left = async () => {
    const rows = await world.database.query<{ state: string }>('select state from deliveries');
    return rows.map(({ state }) => state).sort();
  };
  await world.startReplica();
  await eventually(async () => {
    expect(await left()).toEqual(['delivered', 'pending']);
  });
  await age(31);
  await world.startReplica();
  await eventually(async () => {
    expect(await left()).toEqual(['pending']);
  });
});
