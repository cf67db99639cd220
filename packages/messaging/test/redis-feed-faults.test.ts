/** What a Feed on Redis does while the server is away or silent, and what a user with the least rights may do. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startFaultProxy } from '@waymark/testing/fault-proxy.ts';
import { heapBytes } from '@waymark/testing/heap.ts';
import { startRedis, type RedisContainer } from '@waymark/testing/redis-container.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Feed } from '../src/feed.ts';
import { openRedisFeed } from '../src/redis-feed.ts';

/** A call's time-out, and what a busy machine adds. */
const BOUND_MS = 2500;
const READERS = 300;
const WAIT_MS = 1000;

/** As docs/decisions/0009-redis-adapters.md gives them out. */
const RIGHTS =
  'resetkeys ~feed:notifications:* resetchannels -@all +client|setname +ping +eval +evalsha +xadd +xrange +xrevrange +xread +pexpire';

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describeWithDocker('Feed while Redis fails', () => {
  let redis: RedisContainer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis.stop());

  function connect({ port = redis.port, client = 'test', user = '' } = {}) {
    const url = `redis://${user}${redis.host}:${String(port)}`;
    const feed = openRedisFeed({ url, client, log: silentLog });
    feed.start();
    return Object.assign(feed, {
      async [Symbol.asyncDispose]() {
        await feed.stop();
        await feed.close();
      },
    });
  }

  test('a restart loses entries and no reader', async () => {
    await using feed = connect();
    const name = randomUUID();
    await eventually(() => feed.append(name, { key: 'a', value: '1' }));
    const [first] = await feed.read(name, { limit: 1, waitMs: 0 });
    const reading = feed.read(name, { after: first?.id, limit: 1, waitMs: 20_000 });
    await redis.restart();
    await eventually(() => feed.append(name, { key: 'b', value: '2' }));
    const began = performance.now();
    expect(await reading).toMatchObject([{ value: '2' }]);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('an entry that came while nobody could listen wakes its reader as soon as one can', async () => {
    await using proxy = await startFaultProxy(redis);
    await using feed = connect({ port: proxy.port });
    await using other = connect();
    const name = randomUUID();
    await eventually(() => feed.check());
    const reading = feed.read(name, { limit: 1, waitMs: 25_000 });
    await eventually(async () => /cmd=xread.*cmd=xread/s.test(await redis.cli('CLIENT', 'LIST')));
    // Answered after all that was sent before: nobody is in the middle of a look, which would fail.
    await feed.check();
    proxy.cut();
    await eventually(() => other.append(name, { key: 'a', value: '1' }));
    proxy.heal();
    const began = performance.now();
    expect(await reading).toMatchObject([{ value: '1' }]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test.each(['cut', 'stall'] as const)(
    '20 s of %s under load: nobody waits long, memory does not grow, and readers are woken again',
    async (fault) => {
      await using proxy = await startFaultProxy(redis);
      await using feed = connect({ port: proxy.port });
      await eventually(() => feed.check());
      await using load = startLoad(feed);
      await eventually(() => load.seen() > 1000);
      const heapBefore = heapBytes();
      proxy[fault]();
      const healAt = performance.now() + 20_000;
      await eventually(() => performance.now() > healAt, 25_000);
      const grownBytes = heapBytes() - heapBefore;
      proxy.heal();
      const seen = load.seen();
      await eventually(() => load.seen() > seen + 1000);
      expect(load.failures()).toBeGreaterThan(100);
      expect(load.unexpected()).toEqual([]);
      expect(load.longestMs()).toBeLessThan(WAIT_MS + BOUND_MS);
      expect(grownBytes).toBeLessThan(20e6);
      const reading = feed.read('after', { limit: 1, waitMs: 9000 });
      const began = performance.now();
      await feed.append('after', { key: randomUUID(), value: 'x' });
      expect(await reading).toHaveLength(1);
      expect(performance.now() - began).toBeLessThan(5000);
    },
    60_000,
  );

  test('the user of a service can do its work, and touches no keys of another', async () => {
    await redis.cli('ACL', 'SETUSER', 'notifications', 'on', '>secret', ...RIGHTS.split(' '));
    await redis.cli('ACL', 'LOG', 'RESET');
    await using feed = connect({ client: 'notifications', user: 'notifications:secret@' });
    await eventually(() => feed.check());
    const reading = feed.read('mine', { limit: 1, waitMs: 9000 });
    for (let entry = 0; entry < 101; entry += 1)
      await feed.append('mine', { key: String(entry), value: 'x' });
    expect(await reading).toHaveLength(1);
    await eventually(async () => (await redis.cli('CLIENT', 'LIST')).includes('cmd=xread'));
    expect(await redis.cli('ACL', 'LOG')).toBe('');
    await using thief = connect({ client: 'other', user: 'notifications:secret@' });
    await eventually(() => thief.check());
    for (const theft of [
      thief.append('mine', { key: 'a', value: '1' }),
      thief.read('mine', { limit: 1, waitMs: 0 }),
    ])
      expect(String(await failureOf(theft))).toContain('NOPERM');
  });
});

/** Readers that wait for entries of their own feeds, and as many writers who now and then append one. */
function startLoad(feed: Feed) {
  const counts = { seen: 0, failures: 0, longestMs: 0 };
  const unexpected: unknown[] = [];
  let loading = true;

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    const began = performance.now();
    try {
      return await work();
    } catch (error) {
      counts.failures += 1;
      if (!isUnavailable(error)) unexpected.push(error);
      return undefined;
    } finally {
      counts.longestMs = Math.max(counts.longestMs, performance.now() - began);
      await sleep(20);
    }
  }

  const loads = Array.from({ length: READERS }, async (_, index) => {
    const name = `load-${String(index)}`;
    let after: string | undefined;
    const read = async () => {
      while (loading) {
        const entries = await attempt(() => feed.read(name, { after, limit: 9, waitMs: WAIT_MS }));
        counts.seen += entries?.length ?? 0;
        after = entries?.at(-1)?.id ?? after;
      }
    };
    const write = async () => {
      while (loading) await attempt(() => feed.append(name, { key: randomUUID(), value: 'x' }));
    };
    await Promise.all([read(), write()]);
  });
  return {
    seen: () => counts.seen,
    failures: () => counts.failures,
    longestMs: () => counts.longestMs,
    unexpected: () => unexpected,
    async [Symbol.asyncDispose]() {
      loading = false;
      await Promise.all(loads);
    },
  };
}
