/**
 * Publishes to Kafka: idempotent, acknowledged by all replicas in sync, one call after the other. Keys choose
 * partitions as Java's clients do (murmur2, kafkajs' DefaultPartitioner), so other tools find the same ones.
 */
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { LogRecord } from './event-log.ts';
import { createRenewable, errorNames, refusal, type Renewable } from './kafka-client.ts';

/**
 * What one call sends to one partition is one batch, and a broker takes at most 1,048,588 bytes a batch
 * (`message.max.bytes`). So this bounds a record, and what goes out together.
 */
const MAX_BATCH_BYTES = 1_000_000;
const ACKS_FROM_ALL = -1;
const ACKS_MS = 8000;

interface PublisherOptions {
  kafka: Kafka;
  admin: Renewable<Admin>;
  url: string;
}

export function createPublisher({ kafka, admin, url }: PublisherOptions) {
  // #region one-producer-id-per-failure
  // Brokers drop a batch whose sequence numbers they have seen, and kafkajs takes the numbers of a failed call
  // back: had that call arrived after all, the broker would acknowledge the next one and keep nothing of it. So
  // calls go one at a time, and after a failure a new producer starts, whose id the brokers have never seen. What
  // arrived of the failed call is then there twice, and the inbox drops the second.
  const producer = createRenewable(() =>
    kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    }),
  );
  let last: Promise<unknown> = Promise.resolve();

  function publish(records: LogRecord[]): Promise<void> {
    const batches = toBatches(records);
    const turn = last.then(() =>
      producer.use(async ({ sendBatch }) => {
        for (const topicMessages of batches)
          await sendBatch({ acks: ACKS_FROM_ALL, timeout: ACKS_MS, topicMessages });
      }),
    );
    last = turn.catch(() => undefined);
    return turn;
  }
  // #endregion

  const known = new Set<string>();

  /** Before anything is sent: a call to a topic that is missing publishes nothing to the others. */
  async function checkTopics(topics: string[]): Promise<void> {
    const unknown = topics.filter((topic) => !known.has(topic));
    if (unknown.length === 0) return;
    await admin.use(({ fetchTopicMetadata }) => fetchTopicMetadata({ topics: unknown }));
    for (const topic of unknown) known.add(topic);
  }

  return {
    async publish(records: LogRecord[]): Promise<void> {
      const topics = [...new Set(records.map(({ topic }) => topic))];
      try {
        await checkTopics(topics);
        await publish(records);
      } catch (error) {
        throw explained(error, topics.join(', '), url);
      }
    },
    close: () => producer.close(),
  };
}

function explained(error: unknown, topics: string, url: string): unknown {
  const refused = refusal(error, url, `to publish to ${topics}`);
  if (refused !== undefined) return new Error(refused, { cause: error });
  if (errorNames(error).includes('UNKNOWN_TOPIC_OR_PARTITION'))
    return new Error(`a topic of ${topics} does not exist`, { cause: error });
  return error;
}

/** Throws `RangeError` for a record that no broker would take. */
function toBatches(records: LogRecord[]) {
  const batches: LogRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = sizeOf(record);
    if (bytes > MAX_BATCH_BYTES)
      throw new RangeError(
        `a record of ${record.topic} has ${String(bytes)} bytes; Kafka takes at most ${String(MAX_BATCH_BYTES)}`,
      );
    if (bytes > room) {
      batches.push([]);
      room = MAX_BATCH_BYTES;
    }
    batches.at(-1)?.push(record);
    room -= bytes;
  }
  return batches.map((batch) =>
    [...Map.groupBy(batch, ({ topic }) => topic)].map(([topic, messages]) => ({ topic, messages })),
  );
}

/** Not less than the record takes in a batch, where lengths and deltas are numbers of up to 5 bytes. */
function sizeOf({ key, value, headers }: LogRecord): number {
  const texts = [key, value, ...Object.entries(headers).flat()];
  return texts.reduce((total, text) => total + Buffer.byteLength(text) + 5, 30);
}
