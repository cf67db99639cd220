/**
 * Readers of feeds that wait here, until something tells of a new entry. Thousands wait at once, so each costs a
 * timer and a place in a map, and no connection.
 */
import type { FeedEntry, ReadOptions } from './feed.ts';

export interface FeedWaits {
  /** Looks until there are entries, the time is over or the reader has gone; between the looks it waits. */
  read(
    feed: string,
    options: Pick<ReadOptions, 'waitMs' | 'signal'>,
    look: () => Promise<FeedEntry[]>,
  ): Promise<FeedEntry[]>;
  wake(feed: string): void;
  wakeAll(): void;
}

interface Wait {
  over: Promise<void>;
  end(): void;
}

/** Without news of its feed, a reader looks again after `pollMs` all the same. */
export function createFeedWaits({ pollMs = Infinity } = {}): FeedWaits {
  const waiting = new Map<string, Set<() => void>>();

  function wake(feed: string): void {
    for (const end of waiting.get(feed) ?? []) end();
  }

  /** Begins at the call; `over` resolves at the feed's next entry, after `ms`, when aborted, or by `end`. */
  function begin(feed: string, ms: number, signal: AbortSignal | undefined): Wait {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const ends = waiting.get(feed) ?? new Set();
    waiting.set(feed, ends);
    function end(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      ends.delete(end);
      if (ends.size === 0 && waiting.get(feed) === ends) waiting.delete(feed);
      resolve();
    }
    const timer = setTimeout(end, Math.ceil(ms));
    signal?.addEventListener('abort', end);
    ends.add(end);
    return { over, end };
  }

  return {
    async read(feed, { waitMs, signal }, look) {
      const deadline = performance.now() + waitMs;
      for (;;) {
        // The wait begins before the look, so that an entry between the two is not missed.
        const leftMs = Math.max(0, deadline - performance.now());
        const wait = begin(feed, Math.min(pollMs, leftMs), signal);
        try {
          const entries = await look();
          if (entries.length > 0 || signal?.aborted === true || performance.now() >= deadline)
            return entries;
          await wait.over;
        } finally {
          wait.end();
        }
      }
    },

    wake,
    wakeAll() {
      for (const feed of [...waiting.keys()]) wake(feed);
    },
  };
}
