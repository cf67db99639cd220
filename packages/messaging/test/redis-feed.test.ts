/** The suite of the port on Redis Streams, and what is its own: expiry, memory, and a server that forgets. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startRedis, type RedisContainer } from '@waymark/testing/redis-container.ts';
import { readFile } from 'node:fs/promises';
import type { Feed } from '../src/feed.ts';
import { FEED_KEPT_MS, openRedisFeed } from '../src/redis-feed.ts';
import { feedSuite } from './feed.suite.ts';

describeWithDocker('Feed on Redis', () => {
  let redis: RedisContainer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis.stop());

  async function open() {
    const feeds: Feed[] = [];
    return {
      connect(length?: number) {
        const options = { url: redis.url, client: 'test', log: silentLog };
        const feed = openRedisFeed(length === undefined ? options : { ...options, length });
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

  async function setup(length?: number) {
    const { connect, close } = await open();
    return { connect, feed: connect(length), [Symbol.asyncDispose]: close };
  }

  const values = async (feed: Feed, name: string) =>
    (await feed.read(name, { limit: 100, waitMs: 0 })).map(({ value }) => value);

  feedSuite('redis', open);

  test('all that a feed leaves behind expires a week after its last entry', async () => {
    await using world = await setup();
    await redis.cli('FLUSHALL');
    await world.feed.append('expiring', { key: 'a', value: '1' });
    const keys = (await redis.cli('KEYS', '*')).split('\n').sort();
    expect(keys).toEqual(['feed:test:changes', 'feed:test:entries:expiring']);
    for (const key of keys.slice(1)) {
      const leftMs = Number(await redis.cli('PTTL', key));
      expect(leftMs).toBeGreaterThan(FEED_KEPT_MS - 60_000);
      expect(leftMs).toBeLessThanOrEqual(FEED_KEPT_MS);
    }
  });

  test('a feed remembers the keys of the entries that it keeps, and no others', async () => {
    await using world = await setup(3);
    for (const key of ['a', 'b', 'c', 'd', 'e', 'c'])
      await world.feed.append('keys', { key, value: key });
    await world.feed.append('keys', { key: 'a', value: 'again' });
    expect(await values(world.feed, 'keys')).toEqual(['d', 'e', 'again']);
  });

  test('a server that is full forgets the feeds that nobody has used for longest, and takes new entries', async () => {
    await using world = await setup();
    const conf = await readFile(
      new URL('../../../infra/redis/redis.conf', import.meta.url),
      'utf8',
    );
    const policy = /^maxmemory-policy (\S+)$/m.exec(conf)?.[1] ?? '';
    await redis.cli('FLUSHALL');
    await redis.cli('SET', 'kept for ever', '1');
    await redis.cli('CONFIG', 'SET', 'maxmemory', '4mb', 'maxmemory-policy', policy);
    const value = 'x'.repeat(1000);
    try {
      for (let index = 0; index < 5000; index += 1)
        await world.feed.append(`full-${String(index)}`, { key: 'a', value });
    } finally {
      await redis.cli('CONFIG', 'SET', 'maxmemory', '0');
    }
    const kept = async (from: number) => {
      const feeds = Array.from({ length: 500 }, (_, index) => `full-${String(from + index)}`);
      const all = await Promise.all(feeds.map((feed) => values(world.feed, feed)));
      return all.filter(([first]) => first === value).length;
    };
    expect(await kept(0)).toBeLessThan(await kept(4500));
    expect(await redis.cli('GET', 'kept for ever')).toBe('1');
  });

  test('readers wait on one connection, however many they are', async () => {
    await using world = await setup();
    const names = Array.from({ length: 2000 }, (_, index) => `many-${String(index)}`);
    const reading = names.map((name) => world.feed.read(name, { limit: 1, waitMs: 20_000 }));
    await eventually(async () => (await redis.cli('CLIENT', 'LIST')).includes('cmd=xread'));
    const clients = (await redis.cli('CLIENT', 'LIST')).split('\n');
    expect(clients.filter((client) => client.includes('name=test-feed'))).toHaveLength(2);
    for (const name of names) await world.feed.append(name, { key: 'a', value: name });
    const entries = await Promise.all(reading);
    expect(entries.map(([entry]) => entry?.value)).toEqual(names);
  });

  test('a reader goes on after a server that has forgotten everything', async () => {
    await using world = await setup();
    await world.feed.append('forgotten', { key: 'a', value: '1' });
    const [last] = await world.feed.read('forgotten', { limit: 1, waitMs: 0 });
    const options = { after: last?.id, limit: 1, waitMs: 20_000 };
    const reading = world.feed.read('forgotten', options);
    await redis.cli('FLUSHALL');
    await redis.cli('SCRIPT', 'FLUSH');
    const began = performance.now();
    await world.feed.append('forgotten', { key: 'a', value: '2' });
    expect(await reading).toMatchObject([{ value: '2' }]);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
