/**
 * The limit of the saga's queue. Orders that have waited for half of the time that they have are late; while many are,
 * one that came now would wait as long, and no more are taken. Those that were have the other half, and the rest are
 * told at once.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import type { OrdersQueries } from './store.ts';

interface BacklogDeps {
  store: Pick<OrdersQueries, 'hasUndecided'>;
  log: Log;
  clock: () => Date;
  deadlineMs: number;
  /** How many may be late, those of all replicas together. */
  maxLate: number;
}

export function createBacklog({ store, log, clock, deadlineMs, maxLate }: BacklogDeps) {
  let isFull = false;
  return {
    /** As of the last look. */
    isFull: () => isFull,
    async look(): Promise<void> {
      const deadlineBefore = new Date(clock().getTime() + deadlineMs / 2);
      const wasFull = isFull;
      isFull = await store.hasUndecided({ moreThan: maxLate, deadlineBefore });
      if (isFull && !wasFull) log.warn('too many orders are late, no more are taken');
      if (!isFull && wasFull) log.info('orders are taken again');
    },
  };
}
