/**
 * The EventLog port: a partitioned log that many groups read, each at its own pace. What it promises, and
 * test/event-log.suite.ts proves on every adapter: records of one key in order; each handled at least once;
 * the members of a group share the partitions and take over from a dead one; reading resumes from the
 * committed offset; any offset still kept can be read again.
 */
import type { TopicSpec } from '@waymark/contracts/topics.ts';

export interface LogRecord {
  topic: string;
  key: string;
  headers: Record<string, string>;
  value: string;
}

export interface StoredRecord extends LogRecord {
  partition: number;
  offset: number;
}

export interface PartitionLag {
  topic: string;
  partition: number;
  /** The offset of the next record to be handled. */
  committed: number;
  /** The offset that the next published record will get. */
  end: number;
}

export interface SubscribeOptions {
  group: string;
  topics: string[];
  /** Gets the next records of one partition, in order, `TOGETHER` at most. Resolves when their effects are committed: then, and
   *  only then, they count as handled. A rejection makes the partition wait and brings all of them again. */
  handle(records: StoredRecord[]): Promise<void>;
}

/** Bounds what a member that leaves still has to finish, and how long a transaction of so many holds its locks. */
export const TOGETHER = 50;

/**
 * How long a relay rests after it published, and an inbox after it committed, unless there is more than fits one turn. A
 * single order finds it rested; of many, two or three share each turn, and more the slower the machine is.
 */
export const REST = { times: 2, maxMs: 50 };

/** A handler of records that have no use for company. */
export function oneByOne(
  handle: (record: StoredRecord) => Promise<void>,
): SubscribeOptions['handle'] {
  return async (records) => {
    for (const record of records) await handle(record);
  };
}

export interface Subscription {
  start(): void;
  /** Finishes the records in hand, commits, and leaves the group at once, so that others take over. */
  stop(): Promise<void>;
}

export interface EventLog {
  /** Creates what is missing; the partitions of an existing topic are left as they are. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Resolves when every record is durable. Throws where any may not be: publish them all again then.
   *  Records of one key keep their order as long as one call at a time publishes them. */
  publish(records: LogRecord[]): Promise<void>;
  subscribe(options: SubscribeOptions): Subscription;
  lag(group: string, topics: string[]): Promise<PartitionLag[]>;
  /** Lets a group without members read on from another place. Throws while it has any. */
  seek(
    group: string,
    position: { topic: string; partition: number; offset: number },
  ): Promise<void>;
  /** Throws where the log cannot be reached. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Records that the group has not handled yet. */
export function totalLag(lags: PartitionLag[]): number {
  return lags.reduce((total, { committed, end }) => total + Math.max(0, end - committed), 0);
}

/**
 * A readiness check: throws until the group has once handled all that the topics held. Falling behind later is
 * normal under load, and no reason to take a replica out of service.
 */
export function caughtUp(eventLog: EventLog, group: string, topics: string[]): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    const lag = totalLag(await eventLog.lag(group, topics));
    if (lag > 0) throw new Error(`${String(lag)} events of ${topics.join(', ')} behind`);
    done = true;
  };
}
