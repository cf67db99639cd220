/** KeyValue under load while Redis is cut off for 20 s, or silent: nobody waits long, and nothing piles up. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startFaultProxy } from '@waymark/testing/fault-proxy.ts';
import { heapBytes } from '@waymark/testing/heap.ts';
import { startRedis, type RedisContainer } from '@waymark/testing/redis-container.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyValue } from '../src/key-value.ts';
import { openKeyValue } from '../src/open.ts';
import { numbers } from './store-under-test.ts';

/** A call's time-out, and what a busy machine adds. */
const BOUND_MS = 2500;
const bucket = { capacity: 1000, refillPerSecond: 0.001 };

describeWithDocker('KeyValue in a long outage of Redis', () => {
  let redis: RedisContainer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis.stop());

  test.each(['cut', 'stall'] as const)(
    '20 s of %s under load: nobody waits long, memory does not grow, and all works again',
    async (fault) => {
      await using proxy = await startFaultProxy(redis);
      const url = `redis://${redis.host}:${String(proxy.port)}`;
      await using stack = new AsyncDisposableStack();
      const keyValue = openKeyValue({ url, client: 'test', log: silentLog });
      stack.defer(() => keyValue.close());
      await using load = startLoad(keyValue);
      await eventually(() => load.answered() > 1000);
      const heapBefore = heapBytes();
      proxy[fault]();
      const healAt = performance.now() + 20_000;
      await eventually(() => performance.now() > healAt, 25_000);
      const grownBytes = heapBytes() - heapBefore;
      proxy.heal();
      const answered = load.answered();
      await eventually(() => load.answered() > answered + 1000);
      await load.stop();
      // A line that is kept though it is silent would let each caller fail once a second: 4000 times.
      expect(load.failures()).toBeGreaterThan(20_000);
      expect(load.unexpected()).toEqual([]);
      expect(load.longestMs()).toBeLessThan(BOUND_MS);
      expect(grownBytes).toBeLessThan(20e6);
    },
    60_000,
  );
});

/** Many callers who ask again as soon as they are answered. */
function startLoad(keyValue: KeyValue) {
  const counts = { answered: 0, failures: 0, longestMs: 0 };
  const unexpected: unknown[] = [];
  let loading = true;
  const callers = numbers(200).map(async (number) => {
    while (loading) {
      const began = performance.now();
      try {
        await keyValue.takeTokens(`load-${String(number)}`, bucket);
        counts.answered += 1;
      } catch (error) {
        counts.failures += 1;
        if (!isUnavailable(error)) unexpected.push(error);
      }
      counts.longestMs = Math.max(counts.longestMs, performance.now() - began);
      // An answer that comes at once must not starve the timers that end the outage.
      await sleep(1);
    }
  });
  async function stop() {
    loading = false;
    await Promise.all(callers);
  }
  return {
    answered: () => counts.answered,
    failures: () => counts.failures,
    longestMs: () => counts.longestMs,
    unexpected: () => unexpected,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
