/**
 * One worker of a queue in Postgres: it leases as many messages as it has hands free, works on each by itself,
 * and settles it under its lease. It is woken by a notification or by a hand that becomes free, and looks twice
 * a second besides, which is also how retries and the work of the dead are found.
 */
import { createSession } from '@waymark/database/session.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import { attemptWork } from './work-attempt.ts';
import type { Delivery, WorkOptions, Worker } from './work-queue.ts';

export const WORK_CHANNEL = 'work';
const POLL_MS = 500;

/** A message in hand, and the token of its lease. */
export interface Leased extends Delivery {
  token: string;
}

/** What a worker asks of the tables. What settles a message says whether the lease still held. */
export interface WorkStore {
  claim(
    queue: string,
    how: { limit: number; perKey: number | undefined; leaseMs: number; token: string },
  ): Promise<Leased[]>;
  finish(message: Leased): Promise<boolean>;
  postpone(message: Leased, pauseMs: number): Promise<boolean>;
  bury(message: Leased, reason: string): Promise<boolean>;
}

interface Options extends WorkOptions {
  queue: string;
  store: WorkStore;
  url: string;
  applicationName: string;
  log: Log;
}

export function createWorker(options: Options): Worker {
  const { queue, store, concurrency, perKey, leaseMs, log } = options;
  const inHand = new Set<Promise<void>>();

  const loop = createLoop({
    name: `work ${queue}`,
    intervalMs: POLL_MS,
    log,
    async runOnce() {
      const limit = concurrency - inHand.size;
      if (limit === 0) return false;
      // From before the claim, so that by our clock a lease never ends later than by the server's.
      const leaseEnd = performance.now() + leaseMs;
      const claimed = await store.claim(queue, { limit, perKey, leaseMs, token: randomUUID() });
      for (const message of claimed) take(message, leaseEnd);
      return false;
    },
  });

  function take(message: Leased, leaseEnd: number): void {
    const work = attempt(options, message, leaseEnd)
      .catch((error: unknown) => {
        log.warn({ err: error, queue, id: message.id }, 'work not settled, it will come again');
      })
      .finally(() => {
        inHand.delete(work);
        loop.wake();
      });
    inHand.add(work);
  }

  const listener = createSession({
    url: options.url,
    applicationName: options.applicationName,
    channels: [WORK_CHANNEL],
    log,
    async body(session, signal) {
      while (!signal.aborted) {
        await session.wait(POLL_MS);
        if (session.takeNotifications().some(({ payload }) => payload === queue)) loop.wake();
      }
    },
  });

  return {
    start() {
      listener.start();
      loop.start();
    },
    async stop() {
      await Promise.all([loop.stop(), listener.stop()]);
      await Promise.all(inHand);
    },
  };
}

/** One attempt at the message, settled by what came of it. */
async function attempt(options: Options, message: Leased, leaseEnd: number): Promise<void> {
  const { queue, store, log } = options;
  const { id, key, headers, value, attempt: number } = message;
  const delivery = { id, key, headers, value, attempt: number };
  const outcome = await attemptWork(options, delivery, { leaseEnd });
  let held: boolean;
  if ('done' in outcome) held = await store.finish(message);
  else if ('reason' in outcome) held = await store.bury(message, outcome.reason);
  else held = await store.postpone(message, outcome.pauseMs);
  if (!held) log.warn({ queue, id }, 'the lease was over before the work was settled');
}
