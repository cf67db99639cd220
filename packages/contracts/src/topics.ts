/**
 * The topics, one per aggregate. The number of partitions bounds how many replicas of one consumer can share
 * the work; events of one key stay in order because they share a partition.
 */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** How long an event can still be read, in milliseconds; null keeps the newest event of each key for ever. */
  readonly retentionMs: number | null;
}

const DAY_MS = 24 * 3600 * 1000;

export const topics = [
  { name: 'waymark.catalog', partitions: 3, retentionMs: null },
  { name: 'waymark.orders', partitions: 6, retentionMs: 7 * DAY_MS },
  { name: 'waymark.inventory', partitions: 6, retentionMs: 7 * DAY_MS },
  { name: 'waymark.payments', partitions: 6, retentionMs: 7 * DAY_MS },
] as const satisfies readonly TopicSpec[];

export type TopicName = (typeof topics)[number]['name'];
