/**
 * Listens to the stream of changes, on one connection that waits in XREAD, and says which feeds have new entries.
 */
import { connectRedis } from '@waymark/storage/redis-connection.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedWaits } from './feed-waits.ts';

/** How long the server waits for a change before it says that there is none: a line that is silent longer is dead. */
const BLOCK_MS = 2000;
const BATCH = 1000;
const RETRY = { firstMs: 50, maxMs: 1000 };

interface ChangesOptions {
  url: string;
  name: string;
  key: string;
  waits: FeedWaits;
  /** Fails while those who wait could not look. */
  checkLook(): Promise<void>;
  log: Log;
}

export function listenToChanges({ url, name, key, waits, checkLook, log }: ChangesOptions) {
  const stopping = new AbortController();
  const { signal } = stopping;
  // What becomes of the server is told by the connection that does the work.
  const redis = connectRedis({
    url,
    name,
    log: silentLog,
    scripts: {},
    timeoutMs: BLOCK_MS + 1000,
  });
  const isStopping = () => signal.aborted;

  async function listen(): Promise<void> {
    // #region no-entry-between-look-and-wait
    // The newest change first, then a look by all who wait, then a wait for what comes after that change. An entry
    // that was appended while there was no connection is found by the look; one that comes after the question is
    // found by the wait. With '$', "from now on", all that comes between look and wait would be missed.
    const newest = await redis.send((commands) => commands.xrevrange(key, '+', '-', 'COUNT', 1));
    let last = newest[0]?.[0] ?? '0-0';
    // Woken sooner, they would fail for the connection that they look with, which comes back by itself.
    await checkLook();
    waits.wakeAll();
    // #endregion
    while (!isStopping()) {
      const answer = await redis.send((commands) =>
        commands.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', key, last),
      );
      for (const [id, [, feed = '']] of answer?.[0]?.[1] ?? []) {
        waits.wake(feed);
        last = id;
      }
    }
  }

  async function run(): Promise<void> {
    for (let failures = 1; !isStopping(); failures += 1) {
      const began = performance.now();
      try {
        await listen();
      } catch (error) {
        if (isStopping()) return;
        if (performance.now() - began > BLOCK_MS) failures = 1;
        if (failures === 1 && !isUnavailable(error))
          log.warn({ err: error }, 'cannot listen to feeds');
        await sleep(backoffMs(failures, RETRY), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      redis.close();
      await running;
    },
  };
}
