/** Clients of a Kafka that a test file shares: names of topics and groups do not meet. */
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import kafkajs, { type Admin, type Producer } from 'kafkajs';
import type { EventLog } from '../src/event-log.ts';
import { parseKafkaUrl } from '../src/kafka-client.ts';
import { openEventLog } from '../src/open.ts';
import type { LogUnderTest } from './log-under-test.ts';

/** To start the container, which is pulled the first time. */
export const START_MS = 180_000;
/** For tests that wait for session time-outs and for brokers to come back. */
export const LONG_MS = 120_000;

export function logIn(url: string, log: Log = silentLog): LogUnderTest {
  const clients: EventLog[] = [];
  return {
    url,
    connect() {
      const client = openEventLog({ url, client: 'test', log });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

/** A log whose lines above debug the test can read. */
export function keepLines(): { log: Log; lines: { level: string; msg: string }[] } {
  const lines: { level: string; msg: string }[] = [];
  const log = Object.create(silentLog) as Log;
  for (const level of ['info', 'warn', 'error'] as const)
    log[level] = (_: unknown, msg?: string) => lines.push({ level, msg: msg ?? '' });
  return { log, lines };
}

/** Kafka as others use it, for what the port does not offer. */
export async function withRawKafka(
  url: string,
  use: (clients: { admin: Admin; producer: Producer }) => Promise<unknown>,
): Promise<void> {
  const { brokers } = parseKafkaUrl(url);
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  const clients = {
    admin: kafka.admin(),
    producer: kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }),
  };
  await clients.admin.connect();
  await clients.producer.connect();
  await use(clients);
  await clients.admin.disconnect();
  await clients.producer.disconnect();
}
