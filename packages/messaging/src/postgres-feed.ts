/**
 * The Feed in Postgres tables. One listening connection per process wakes the readers that wait here; a
 * notification can be missed, so a waiting reader also looks once a second.
 */
import { createPool } from '@waymark/database/connect.ts';
import { createSession } from '@waymark/database/session.ts';
import { combine } from '@waymark/lifecycle/combine.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { createFeedWaits } from './feed-waits.ts';
import { FEED_LENGTH, type Feed, type FeedEntry } from './feed.ts';

const CHANNEL = 'feed';
const POLL_MS = 1000;
const TOGETHER = 100;

interface Appended {
  feed: string;
  key: string;
  value: string;
}

export function openPostgresFeed(options: {
  url: string;
  client: string;
  log: Log;
  length?: number;
}): Feed {
  const pool = createPool({
    url: options.url,
    applicationName: `${options.client}-feed`,
    maxConnections: 4,
  });
  const waits = createFeedWaits({ pollMs: POLL_MS });
  const listener = createSession({
    url: options.url,
    applicationName: `${options.client}-feed`,
    channels: [CHANNEL],
    log: options.log,
    async body(session, signal) {
      while (!signal.aborted) {
        await session.wait(POLL_MS);
        for (const { payload } of session.takeNotifications()) waits.wake(payload ?? '');
      }
    },
  });

  async function look(feed: string, after: number, limit: number): Promise<FeedEntry[]> {
    const entries = await pool.query<FeedEntry>({
      name: 'read-feed',
      // A bare `order by id` would mean the text in the list before it, and put 10 before 9.
      text: `select id::text, value from feed_entries f where feed = $1 and f.id > $2
        order by f.id limit $3`,
      values: [feed, after, limit],
    });
    return entries.rows;
  }

  /** In the order of the feeds, whose rows the function locks, so that two processes never wait for each other. */
  const appendTogether = combine(
    async (entries: Appended[]) => {
      await pool.query({
        name: 'append-feeds',
        text: `select pg_notify($5, feed) from (
          select feed, feed_append(feed, key, value, $4) as added from (
            select * from unnest($1::text[], $2::text[], $3::text[])
              with ordinality as entry (feed, key, value, place)
            order by feed, place) sorted) appended
        where added`,
        values: [
          entries.map(({ feed }) => feed),
          entries.map(({ key }) => key),
          entries.map(({ value }) => value),
          options.length ?? FEED_LENGTH,
          CHANNEL,
        ],
      });
      return entries;
    },
    { limit: TOGETHER },
  );

  return {
    async append(feed, entry) {
      await appendTogether({ feed, ...entry });
    },

    async read(feed, { after = '0', limit, ...wait }) {
      if (!/^\d{1,15}$/.test(after)) throw new TypeError(`not an id of a feed entry: ${after}`);
      return waits.read(feed, wait, () => look(feed, Number(after), limit));
    },

    async check() {
      await pool.query('select 1');
    },
    start: listener.start,
    stop: listener.stop,
    close: () => pool.end(),
  };
}
