/**
 * Takes tokens for many requests at once. One call per bucket is under way in a process; those who come
 * meanwhile share the next one. So a caller who floods costs the store a few calls, not one for each request,
 * and every token is still taken before its request passes: what all replicas allow together is exact.
 */
import type { KeyValue, TakenTokens, TokenBucket } from '@waymark/storage/key-value.ts';

/** Undefined where the store did not say in time. */
type Answer = TakenTokens | undefined;
type Waiting = ((answer: Answer) => void)[];

interface Options {
  keyValue: Pick<KeyValue, 'takeTokens'>;
  /** How long a call to the store may take. */
  waitMs: number;
  /** Told of every call that failed or was late, and how many requests went without an answer. */
  onMiss(error: unknown, requests: number): void;
}

export function createSharedTakes({ keyValue, waitMs, onMiss }: Options) {
  /** Of each bucket with a call under way, those who wait for the next one. */
  const queues = new Map<string, Waiting>();

  async function serve(key: string, bucket: TokenBucket, queue: Waiting): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, bucket.capacity);
      try {
        await inTime(takeFor(key, bucket, batch), waitMs);
      } catch (error) {
        // Those behind are let go too: nobody waits for two calls of a store that is away.
        const missed = [...batch.splice(0), ...queue.splice(0)];
        onMiss(error, missed.length);
        for (const answer of missed) answer(undefined);
      }
    }
    queues.delete(key);
  }

  /** Answers and takes out of `batch` from its front. */
  async function takeFor(key: string, bucket: TokenBucket, batch: Waiting): Promise<void> {
    let count = batch.length;
    while (batch.length > 0) {
      const taken = await keyValue.takeTokens(key, bucket, count);
      if (taken.allowed) {
        const served = batch.splice(0, count);
        for (const [index, answer] of served.entries())
          answer({ ...taken, remaining: taken.remaining + served.length - 1 - index });
        count = 1;
      } else if (count > 1) {
        // Not enough for all: as many as there are, and the last call, for one, says when there are more.
        count = Math.max(1, Math.min(taken.remaining, count - 1));
      } else {
        for (const answer of batch.splice(0)) answer(taken);
      }
    }
  }

  return {
    /** Takes one token. */
    take(key: string, bucket: TokenBucket): Promise<Answer> {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      const queue = queues.get(key);
      if (queue !== undefined) queue.push(resolve);
      else {
        const first = [resolve];
        queues.set(key, first);
        void serve(key, bucket, first);
      }
      return promise;
    },
  };
}

async function inTime(work: Promise<void>, waitMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // Where it was we who were busy, the answer is here and unread: timers go first, then what has arrived.
    setImmediate(() => {
      reject(new Error(`no answer within ${String(waitMs)} ms`));
    });
  }, waitMs);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
