/**
 * One member of a consumer group on Kafka. kafkajs keeps the membership: it joins, sends heartbeats, fetches, and
 * tries again by itself. When it gives up it stays down for good, and then a new consumer is made here, for as
 * long as the subscription lasts.
 */
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Consumer } from 'kafkajs';
import { once } from 'node:events';
import type { SubscribeOptions, Subscription } from './event-log.ts';
import { connectKafka, within, type KafkaOptions } from './kafka-client.ts';
import { createKafkaLog } from './kafka-log.ts';
import { createMember, pause, SESSION_MS, type Member } from './kafka-member.ts';
import { createOutage, SILENT_MS, type Outage } from './kafka-outage.ts';
import { takeBatch } from './kafka-partitions.ts';

type Options = KafkaOptions & SubscribeOptions;

/** What a member that dies leaves uncommitted comes again, and the inbox drops it: a second of work at most. */
const COMMIT_EVERY_MS = 1000;
/** Later kafkajs only waits on a connection that is dead without a sign. */
const DEAD_MS = 30_000;
const LEAVE_MS = 5000;

export function subscribe(options: Options): Subscription {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    start() {
      running = run(options, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function run(options: Options, stopping: AbortSignal): Promise<void> {
  const outage = createOutage(options);
  for (let failures = 1; !stopping.aborted; failures += 1) {
    const began = performance.now();
    try {
      await beMember(options, outage, stopping);
    } catch (error) {
      if (performance.now() - began > outage.silentMs()) failures = 1;
      const maxMs = outage.report(error).refused ? 10_000 : 1000;
      await pause(backoffMs(failures, { firstMs: 200, maxMs }), stopping);
    }
  }
}

async function beMember(options: Options, outage: Outage, stopping: AbortSignal): Promise<void> {
  const kafkaLog = createKafkaLog(options.log);
  const consumer = createConsumer(options, kafkaLog);
  const member = createMember(options, outage);
  const ended = new AbortController();
  listen(consumer, member, outage);
  const ticking = tick(member, outage, { ended: ended.signal, reason: kafkaLog.lastProblem });
  const stopped = once(stopping, 'abort', { signal: ended.signal }).catch(() => undefined);
  const joining = join(consumer, member);
  try {
    await Promise.race([joining, member.broken, stopped]);
    await Promise.race([member.broken, stopped]);
  } finally {
    // Also where the connection is lost: work must end before the same partitions are held again.
    member.revoke();
    await member.untilDone();
    ended.abort();
    await ticking;
    if (stopping.aborted) await within(LEAVE_MS, member.commit()).catch(() => undefined);
    await within(LEAVE_MS, leave(consumer, joining)).catch(() => undefined);
  }
}

/** kafkajs takes no notice of a disconnect while it joins, and would be a member for ever. */
async function leave(consumer: Consumer, joining: Promise<void>): Promise<void> {
  await joining.catch(() => undefined);
  await consumer.disconnect();
}

function createConsumer(options: Options, kafkaLog: ReturnType<typeof createKafkaLog>): Consumer {
  // #region keep-the-membership
  // As long as kafkajs tries again inside, it keeps its member id and is back with the first heartbeat. A new
  // consumer is a new member, and the group waits for the old one until its session has run out. Retries of its
  // layers multiply, so what a restart of the broker takes (seconds) is covered by 20 of 1 s at most.
  const retry = { retries: 20, restartOnFailure: () => Promise.resolve(false) };
  // #endregion
  return connectKafka(options, kafkaLog, retry).consumer({
    groupId: options.group,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: 1000,
    rebalanceTimeout: 10_000,
    // How often an idle member asks; records are answered at once.
    maxWaitTimeInMs: 250,
    // Bounds the memory: one fetch of each partition.
    maxBytesPerPartition: 256 * 1024,
    allowAutoTopicCreation: false,
    retry,
  });
}

function listen(consumer: Consumer, member: Member, outage: Outage): void {
  const { events } = consumer;
  consumer.on(events.HEARTBEAT, () => {
    outage.heard();
    member.heard();
  });
  consumer.on(events.GROUP_JOIN, () => {
    outage.heard();
    member.joined();
  });
  consumer.on(events.REBALANCING, () => {
    member.revoke();
    // Sent before kafkajs joins again: the group still takes it from this generation.
    void member.commit();
  });
  consumer.on(events.CRASH, ({ payload }) => {
    member.break(payload.error);
  });
}

async function join(consumer: Consumer, member: Member): Promise<void> {
  const { topics } = member.options;
  const leaving = member.leaving();
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  if (leaving.aborted) return;
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    // More than any member holds; each returns at once or soon.
    partitionsConsumedConcurrently: 100,
    eachBatch: (payload) => takeBatch(member, payload),
  });
}

async function tick(
  member: Member,
  outage: Outage,
  { ended, reason }: { ended: AbortSignal; reason: () => string | undefined },
): Promise<void> {
  const began = performance.now();
  while (!ended.aborted) {
    await pause(COMMIT_EVERY_MS, ended);
    void member.commit();
    const silentMs = Math.min(outage.silentMs(), performance.now() - began);
    const error = new Error(reason() ?? 'Kafka does not answer');
    if (silentMs > DEAD_MS) member.break(error);
    else if (silentMs > SILENT_MS) outage.report(error);
  }
}
