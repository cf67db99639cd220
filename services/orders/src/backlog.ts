/**
 * The limit of the saga's queue: while too many orders wait for a decision, no more are taken. Those that were taken
 * are then still decided before their deadline, and the rest are told at once, instead of being cancelled later.
 */
import type { OrdersStore } from './store.ts';

/** A look costs more than an order, so its answer holds so long; more orders than the limit may be taken meanwhile. */
const LOOK_MS = 1000;

export function createBacklog({
  store,
  clock,
  maxUndecided,
}: {
  store: Pick<OrdersStore, 'hasUndecided'>;
  clock: () => Date;
  maxUndecided: number;
}) {
  let look: Promise<boolean> | undefined;
  let lookedAt = 0;
  return {
    /** Rejects where the database cannot tell. */
    isFull(): Promise<boolean> {
      const now = clock().getTime();
      if (look === undefined || now - lookedAt > LOOK_MS) {
        lookedAt = now;
        look = store.hasUndecided(maxUndecided);
        look.catch(() => {
          look = undefined;
        });
      }
      return look;
    },
  };
}
