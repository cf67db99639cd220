/**
 * Deletes rows that have served their time, so that no table grows with the age of the shop. It looks once an
 * hour and deletes in batches: one statement for all of them would hold its locks, and outlast its time-out,
 * the longer the more there is. Replicas may prune at once, where the statement passes over locked rows.
 */
import type { Part } from '@waymark/lifecycle/app.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';

export interface PruningOptions {
  /** What is deleted, for the log. */
  name: string;
  /** How old a row becomes, in milliseconds. */
  keptMs: number;
  /** Deletes up to `limit` rows that are older, and returns how many that were. */
  deleteOlder(than: Date, limit: number): Promise<number>;
  clock: () => Date;
  log: Log;
}

const EVERY_MS = 3600 * 1000;
const BATCH = 1000;

export function createPruning({ name, keptMs, deleteOlder, clock, log }: PruningOptions): Part {
  return createLoop({
    name: `pruning of ${name}`,
    intervalMs: EVERY_MS,
    log,
    async runOnce() {
      const deleted = await deleteOlder(new Date(clock().getTime() - keptMs), BATCH);
      if (deleted > 0) log.debug({ deleted, name }, 'pruned');
      return deleted === BATCH;
    },
  });
}
