/**
 * The EventLog on Kafka. Three clients with different needs: a publisher (kafka-publisher.ts), a consumer for each
 * subscription (kafka-subscription.ts), and the administration that is here. docs/decisions/0008-kafka-adapter.md
 * says why each setting is what it is.
 */
import type { TopicSpec } from '@waymark/contracts/topics.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { ITopicConfig } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from './event-log.ts';
import { connectKafka, createRenewable, errorNames, type KafkaOptions } from './kafka-client.ts';
import { createKafkaLog } from './kafka-log.ts';
import { createPublisher } from './kafka-publisher.ts';
import { subscribe } from './kafka-subscription.ts';

const MAX_REPLICAS = 3;
const COORDINATOR_MOVES = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
];

export function openKafkaEventLog(options: KafkaOptions): EventLog {
  // Up to 6 s: a broker answers for a new topic in 2.
  const kafka = connectKafka(options, createKafkaLog(options.log), { retries: 8 });
  const admin = createRenewable(() => kafka.admin());
  const publisher = createPublisher({ kafka, admin, url: options.url });

  return {
    async createTopics(topics) {
      await admin.use(async ({ listTopics, describeCluster, createTopics }) => {
        const existing = await listTopics();
        const { brokers } = await describeCluster();
        const replicas = Math.min(MAX_REPLICAS, brokers.length);
        const missing = topics.filter(({ name }) => !existing.includes(name));
        if (missing.length > 0)
          await createTopics({ topics: missing.map((topic) => topicConfig(topic, replicas)) });
      });
    },

    publish: (records) => publisher.publish(records),

    subscribe: (subscription) => subscribe({ ...options, ...subscription }),

    async lag(group, topics) {
      return admin.use(async ({ fetchOffsets, fetchTopicOffsets }) => {
        const committed = await patiently(() => fetchOffsets({ groupId: group, topics }));
        const lags = await Promise.all(
          committed.map(async ({ topic, partitions }) => {
            const kept = await fetchTopicOffsets(topic);
            return kept.map(({ partition, low, high }) => {
              const offset = partitions.find((other) => other.partition === partition)?.offset;
              // Not simply the committed offset: what retention has removed will never be handled.
              const next = Math.max(Number(offset ?? -1), Number(low));
              return { topic, partition, committed: next, end: Number(high) };
            });
          }),
        );
        return lags
          .flat()
          .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
      });
    },

    async seek(group, { topic, partition, offset }) {
      const { groups } = await admin.use(({ describeGroups }) =>
        patiently(() => describeGroups([group])),
      );
      if (groups.some(({ members }) => members.length > 0))
        throw new Error(`the group ${group} has members; stop them first`);
      const partitions = [{ partition, offset: String(offset) }];
      await admin.use(({ setOffsets }) => setOffsets({ groupId: group, topic, partitions }));
    },

    async check() {
      await admin.use(({ describeCluster }) => describeCluster());
    },

    async close() {
      await Promise.all([publisher.close(), admin.close()]);
    },
  };
}

/** Asks again where a group is new or its coordinator moves, which kafkajs leaves to its callers here. */
async function patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      const passing = errorNames(error).some((name) => COORDINATOR_MOVES.includes(name));
      if (!passing || failures === 6) throw error;
      await sleep(backoffMs(failures, { firstMs: 200, maxMs: 1000 }));
    }
  }
}

function topicConfig({ name, partitions, retentionMs }: TopicSpec, replicas: number): ITopicConfig {
  const cleanup =
    retentionMs === null
      ? [{ name: 'cleanup.policy', value: 'compact' }]
      : [{ name: 'retention.ms', value: String(retentionMs) }];
  // Acknowledged by two, so that a broker can be lost for good; with one left, publishing stops.
  const inSync = { name: 'min.insync.replicas', value: String(Math.min(2, replicas)) };
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: replicas,
    configEntries: [...cleanup, inSync],
  };
}
