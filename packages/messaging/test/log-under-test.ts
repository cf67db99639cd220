/**
 * What the EventLog suites need of an adapter, and the small tools they share. They use the port alone, and
 * names that no other test uses, so they run unchanged on a log of their own and on a broker that many share.
 */
import { randomUUID } from 'node:crypto';
import {
  oneByOne,
  type EventLog,
  type LogRecord,
  type StoredRecord,
  type Subscription,
} from '../src/event-log.ts';

export interface LogUnderTest {
  /** What a process of its own opens it with, by open.ts. */
  url: string;
  /** One more client, as another process would have. */
  connect(): EventLog;
  /** Closes the clients and takes away what belongs to the test. */
  close(): Promise<void>;
}

export type OpenLog = () => Promise<LogUnderTest>;

export async function setup(open: OpenLog, partitions = 4, retentionMs: number | null = null) {
  const log = await open();
  const eventLog = log.connect();
  const topic = `test.${randomUUID()}`;
  await eventLog.createTopics([{ name: topic, partitions, retentionMs }]);
  const subscriptions: Subscription[] = [];

  /** A member of the group that keeps what it was given, once `use` has resolved. */
  function join(
    group: string,
    use: (record: StoredRecord) => Promise<void> = async () => undefined,
  ) {
    const handled: StoredRecord[] = [];
    const subscription = log.connect().subscribe({
      group,
      topics: [topic],
      handle: oneByOne(async (record) => {
        await use(record);
        handled.push(record);
      }),
    });
    subscriptions.push(subscription);
    subscription.start();
    return { handled, stop: () => subscription.stop() };
  }

  return {
    ...log,
    eventLog,
    topic,
    group: `readers-${randomUUID()}`,
    publish: (...records: Partial<LogRecord>[]) =>
      eventLog.publish(records.map((record) => recordOf(topic, record))),
    join,
    /** A member whose records stay in hand until it is told to let go. */
    joinHolding(group: string) {
      const gate = Promise.withResolvers<void>();
      let begun = 0;
      const member = join(group, async () => {
        begun += 1;
        await gate.promise;
      });
      return { ...member, begun: () => begun, letGo: gate.resolve };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await log.close();
    },
  };
}

export function recordOf(topic: string, record: Partial<LogRecord>): LogRecord {
  return { topic, key: 'key', headers: {}, value: '', ...record };
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export const valuesOf = (records: LogRecord[]) => records.map((record) => record.value);

/** At least once means that a record may come again; an inbox drops it then, and so does this. */
export function withoutRepetitions(records: StoredRecord[]): StoredRecord[] {
  const places = records.map(({ partition, offset }) => `${String(partition)}/${String(offset)}`);
  return records.filter((_, index) => places.indexOf(places[index] ?? '') === index);
}

/** The values of each key, in the order in which they were handled first. */
export function valuesByKey(records: StoredRecord[]): Record<string, string[]> {
  const byKey = Map.groupBy(withoutRepetitions(records), (record) => record.key);
  return Object.fromEntries([...byKey].map(([key, ofKey]) => [key, valuesOf(ofKey)]));
}
