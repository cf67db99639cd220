/**
 * Readers of feeds that wait here, until something tells of a new entry. Thousands wait at once, so each costs a
 * timer and a place in a map, and no connection.
 */
export interface FeedWaits {
  /** Begins at the call; `over` resolves at the feed's next entry, after `ms`, when aborted, or by `end`. */
  begin(feed: string, ms: number, signal: AbortSignal | undefined): Wait;
  wake(feed: string): void;
  wakeAll(): void;
}

interface Wait {
  over: Promise<void>;
  end(): void;
}

export function createFeedWaits(): FeedWaits {
  const waiting = new Map<string, Set<() => void>>();

  function wake(feed: string): void {
    for (const end of waiting.get(feed) ?? []) end();
  }

  return {
    begin(feed, ms, signal) {
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
    },
    wake,
    wakeAll() {
      for (const feed of [...waiting.keys()]) wake(feed);
    },
  };
}
