/** The suite of the port on the embedded adapter, and what a missed notification costs there. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import type { TestDatabase } from '@waymark/testing/database.ts';
import type { Feed } from '../src/feed.ts';
import { openPostgresFeed } from '../src/postgres-feed.ts';
import { feedSuite } from './feed.suite.ts';
import { createBroker } from './postgres-setup.ts';

let broker: TestDatabase;
beforeAll(async () => {
  broker = await createBroker();
});
afterAll(() => broker.drop());

async function open() {
  const feeds: Feed[] = [];
  return {
    connect(length?: number) {
      const feed = openPostgresFeed({
        url: broker.url,
        client: 'test',
        log: silentLog,
        ...(length === undefined ? {} : { length }),
      });
      feed.start();
      feeds.push(feed);
      return feed;
    },
    async close() {
      await Promise.all(feeds.map((feed) => feed.stop()));
      await Promise.all(feeds.map((feed) => feed.close()));
    },
  };
}

feedSuite('postgres', open);

test('an entry whose notification was lost is found by the poll', async () => {
  const { connect, close } = await open();
  const feed = connect();
  const reading = feed.read('quiet', { limit: 1, waitMs: 10_000 });
  await broker.query(`select feed_append('quiet', 'key', 'value', 100)`);
  expect(await reading).toEqual([{ id: '1', value: 'value' }]);
  await close();
});
