/**
 * The Feed on Redis Streams. A feed is one stream, which expires some time after its last entry. All that is new is
 * also told on one stream of changes: every process waits for that with one connection, however many readers it has,
 * and a reader whose feed has changed looks for itself. Keys begin with the client's name, where the rights of its
 * user end.
 */
import { connectRedis } from '@waymark/storage/redis-connection.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { createFeedWaits } from './feed-waits.ts';
import { FEED_LENGTH, type Feed, type FeedEntry } from './feed.ts';
import { appendEntry } from './redis-append.ts';
import { listenToChanges } from './redis-changes.ts';

/** As the embedded broker forgets them, and longer than anybody follows an order. */
export const FEED_KEPT_MS = 7 * 24 * 3600 * 1000;
/** More than all processes together append while one of them is busy; some 600 kB. */
const CHANGES_KEPT = 10_000;
/** Milliseconds and a number within them: https://redis.io/docs/latest/develop/data-types/streams/ */
const ID = /^\d{1,15}-\d{1,15}$/;

export function openRedisFeed(options: {
  url: string;
  client: string;
  log: Log;
  length?: number;
}): Feed {
  const { url, client, log, length = FEED_LENGTH } = options;
  const redis = connectRedis({ url, name: `${client}-feed`, log, scripts: { appendEntry } });
  const keyOf = (feed: string) => `feed:${client}:entries:${feed}`;
  const changes = `feed:${client}:changes`;
  const waits = createFeedWaits();
  let listening: ReturnType<typeof listenToChanges> | undefined;

  async function look(feed: string, after: string | undefined, limit: number) {
    const from = after === undefined ? '-' : `(${after}`;
    const entries = await redis.send((commands) =>
      commands.xrange(keyOf(feed), from, '+', 'COUNT', limit),
    );
    // An entry's fields are its key and its value, each after its name.
    return entries.map(([id, fields]): FeedEntry => ({ id, value: fields[3] ?? '' }));
  }

  async function check(): Promise<void> {
    await redis.send((commands) => commands.ping());
  }

  return {
    async append(feed, { key, value }) {
      await redis.run(
        'appendEntry',
        ...[keyOf(feed), changes],
        ...[key, value, length, FEED_KEPT_MS, feed, CHANGES_KEPT],
      );
    },

    async read(feed, { after, limit, ...wait }) {
      if (after !== undefined && !ID.test(after))
        throw new TypeError(`not an id of a feed entry: ${after}`);
      return waits.read(feed, wait, () => look(feed, after, limit));
    },

    check,

    start() {
      const name = `${client}-feed-changes`;
      listening = listenToChanges({ url, name, key: changes, waits, checkLook: check, log });
    },

    async stop() {
      await listening?.stop();
    },

    close: async () => redis.close(),
  };
}
