/**
 * What the latency of an order is held against. Bare hops: a chain of topics, and whoever reads from one publishes the
 * same to the next. Hops with an effect: the same chain through inboxes and an outbox, with nothing to decide, in one
 * process and with one relay.
 */
import { stockReserved } from '@waymark/contracts/inventory.ts';
import type { TopicName } from '@waymark/contracts/topics.ts';
import { connectDatabase } from '@waymark/database/connect.ts';
import { migrate } from '@waymark/database/migrate.ts';
import { outgoing, type OutgoingEvent } from '@waymark/messaging/event.ts';
import { oneByOne, type EventLog } from '@waymark/messaging/event-log.ts';
import { on, type InboxTables } from '@waymark/messaging/handler.ts';
import { createInbox } from '@waymark/messaging/inbox.ts';
import type { Shared } from '@waymark/messaging/inbox-effects.ts';
import { addToOutbox, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { createRelay } from '@waymark/messaging/relay.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Send } from './load.ts';
import { waitingRoom } from './waiting-room.ts';

/** order-placed, stock-reserved, payment-requested, payment-authorised, order-confirmed. */
export const HOPS = 5;

export interface Sender {
  send: Send;
  stop(): Promise<void>;
}

export async function bareHops(eventLog: EventLog): Promise<Sender> {
  const topics = await createTopics(eventLog, 'bench.hop');
  const arrivals = waitingRoom();
  const subscriptions = topics.map((topic, hop) =>
    eventLog.subscribe({
      group: topic,
      topics: [topic],
      handle: oneByOne(async ({ key, headers, value }) => {
        const next = topics[hop + 1];
        if (next === undefined) arrivals.arrive(key);
        else await eventLog.publish([{ topic: next, key, headers, value }]);
      }),
    }),
  );
  for (const subscription of subscriptions) subscription.start();
  return {
    async stop() {
      for (const subscription of subscriptions) await subscription.stop();
    },
    async send() {
      const key = randomUUID();
      await eventLog.publish([{ topic: topics[0] ?? '', key, headers: {}, value: '{}' }]);
      return arrivals.wait(key);
    },
  };
}

interface Work extends Shared {
  news: OutgoingEvent[];
}

/** @param databaseUrl of an empty database, or schema, that is theirs */
export async function hopsWithEffect(eventLog: EventLog, databaseUrl: string): Promise<Sender> {
  const migrations = new URL('../../services/inventory/migrations', import.meta.url);
  await migrate(databaseUrl, fileURLToPath(migrations));
  const topics = await createTopics(eventLog, 'bench.effect');
  const contracts = topics.map((topic) => ({ ...stockReserved, topic: topic as TopicName }));
  const db = connectDatabase<InboxTables & OutboxTables>({
    url: databaseUrl,
    applicationName: 'bench',
  });
  const relay = createRelay({ databaseUrl, eventLog, log: silentLog });
  const tell = (contract: typeof stockReserved, orderId: string) =>
    outgoing(contract, orderId, { orderId });

  function passOn(from: typeof stockReserved, to: typeof stockReserved) {
    return createInbox({
      eventLog,
      group: from.topic,
      db,
      open: async (tx) => {
        const news: OutgoingEvent[] = [];
        return { news, save: () => addToOutbox(tx, 'bench', news) };
      },
      handlers: [on(from, ({ news }: Work, { orderId }) => void news.push(tell(to, orderId)))],
      committed: relay.wake,
      log: silentLog,
      metrics: createMetrics(from.topic),
    });
  }

  const [first, ...others] = contracts;
  const inboxes = others.map((to, hop) => passOn(contracts[hop] ?? to, to));
  const arrivals = waitingRoom();
  const subscription = eventLog.subscribe({
    group: 'bench-effects',
    topics: topics.slice(-1),
    handle: oneByOne(async ({ key }) => {
      arrivals.arrive(key);
    }),
  });
  const parts = [relay, subscription, ...inboxes];
  for (const part of parts) part.start();
  return {
    async stop() {
      for (const part of parts) await part.stop();
      await db.destroy();
    },
    async send() {
      const key = randomUUID();
      await addToOutbox(db, 'bench', [tell(first ?? stockReserved, key)]);
      relay.wake();
      return arrivals.wait(key);
    },
  };
}

async function createTopics(eventLog: EventLog, name: string): Promise<string[]> {
  const topics = Array.from({ length: HOPS }, (_, hop) => `${name}-${String(hop)}`);
  await eventLog.createTopics(
    topics.map((topic) => ({ name: topic, partitions: 6, retentionMs: 60_000 })),
  );
  return topics;
}
