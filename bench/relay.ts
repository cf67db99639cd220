/**
 * Relay: events per second from a full outbox into the log, and what a batch is worth: the same log written
 * to one event at a time.
 */
import { migrate } from '@waymark/database/migrate.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bench, Target } from './lib/bench.ts';

const EVENTS = 20_000;
const SINGLE_EVENTS = 1000;
const ROUNDS = 3;
const TOPIC = 'bench.relay';
const DRAIN_MS = 60_000;

export const relay: Bench<Target> = {
  name: 'relay',
  async run(context, print) {
    const eventLog = openEventLog({ url: context.eventLogUrl, client: 'bench', log: silentLog });
    await eventLog.createTopics([{ name: TOPIC, partitions: 6, retentionMs: 60_000 }]);
    const outboxUrl = await context.createOutbox();
    await migrate(
      outboxUrl,
      fileURLToPath(new URL('../services/catalog/migrations', import.meta.url)),
    );
    const outbox = new pg.Client({ connectionString: outboxUrl });
    await outbox.connect();

    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const batched = await drainOutbox(outbox, () =>
        createRelay({ databaseUrl: outboxUrl, eventLog, log: silentLog }),
      );
      const single = await perSecondOf(SINGLE_EVENTS, async () => {
        for (let index = 0; index < SINGLE_EVENTS; index += 1)
          await eventLog.publish([record(index)]);
      });
      print(
        `relay: ${batched.toFixed(0)} events/s in batches, ${single.toFixed(0)}/s one by one, ratio ${(batched / single).toFixed(1)}`,
      );
      rounds.push({ batched, single, ratio: batched / single });
    }
    await outbox.end();
    await eventLog.close();
    return { events: EVENTS, rounds };
  },
};

function record(index: number) {
  const headers = { ce_id: String(index), ce_type: 'bench', ce_source: 'bench', ce_time: '' };
  return {
    topic: TOPIC,
    key: String(index),
    headers,
    value: JSON.stringify({ index, text: 'x'.repeat(200) }),
  };
}

async function drainOutbox(
  outbox: pg.Client,
  create: () => ReturnType<typeof createRelay>,
): Promise<number> {
  await outbox.query(
    `insert into outbox (topic, key, headers, value)
     select $1, i::text, jsonb_build_object('ce_id', i::text, 'ce_type', 'bench'), repeat('x', 200)
     from generate_series(1, $2::int) i`,
    [TOPIC, EVENTS],
  );
  const relay = create();
  const perSecond = await perSecondOf(EVENTS, async () => {
    relay.start();
    const deadline = performance.now() + DRAIN_MS;
    while ((await outbox.query('select 1 from outbox limit 1')).rowCount !== 0) {
      if (performance.now() > deadline) throw new Error('the relay does not empty its outbox');
      await sleep(10);
    }
  });
  await relay.stop();
  return perSecond;
}

async function perSecondOf(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return count / ((performance.now() - start) / 1000);
}
