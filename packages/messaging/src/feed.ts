/**
 * The Feed port: many short, bounded feeds, such as the steps of one order, that readers follow live and
 * resume anywhere. It is no log: a feed forgets its oldest entries, and whoever needs all of them reads the
 * events. test/feed.suite.ts proves its promises on every adapter.
 */
export interface FeedEntry {
  /** Grows along the feed; what a reader resumes after. */
  id: string;
  value: string;
}

export interface ReadOptions {
  /** Entries after this id; without it from the oldest kept. */
  after?: string | undefined;
  limit: number;
  /** Waits this long for an entry when there is none yet, in milliseconds. */
  waitMs: number;
  signal?: AbortSignal;
}

export interface Feed {
  /** The same key twice is one entry, so an event that is handled again does not show twice. */
  append(feed: string, entry: { key: string; value: string }): Promise<void>;
  /** Throws `TypeError` for an `after` that no feed gives out. */
  read(feed: string, options: ReadOptions): Promise<FeedEntry[]>;
  check(): Promise<void>;
  /** Begins to listen for new entries. */
  start(): void;
  /** Ends listening; readers that wait are answered late, by looking. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Entries that each feed keeps. */
export const FEED_LENGTH = 100;
