/**
 * KeyValue in Redis. Every method is one command or one script, so a process can die between two of them and
 * nowhere else, and expiry is Redis's own. Keys begin with the client's name, where the rights of its user end.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import { checkTake, type KeyValue } from './key-value.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';
import { scripts } from './redis-scripts.ts';
import { createSingleFlight } from './single-flight.ts';
import { storedKey } from './stored-key.ts';

export function openRedisKeyValue(options: { url: string; client: string; log: Log }): KeyValue {
  const { url, client, log } = options;
  const redis = connectRedis({ url, name: `${client}-key-value`, log, scripts });
  const name = (kind: string, key: string) => `kv:${client}:${kind}:${storedKey(key)}`;
  const locks = createLocks(redis, `kv:${client}:last-token`);

  async function get(key: string): Promise<string | undefined> {
    return (await redis.send((commands) => commands.get(name('value', key)))) ?? undefined;
  }

  return {
    get,

    async set(key, value, { ttlMs } = { ttlMs: Infinity }) {
      const stored = name('value', key);
      const ttl = wholeMs(ttlMs);
      await redis.send((commands) =>
        ttl === '' ? commands.set(stored, value) : commands.set(stored, value, 'PX', ttl),
      );
    },

    async delete(key) {
      await redis.send((commands) => commands.del(name('flight', key), name('value', key)));
    },

    async compareAndSet(key, { expected, value, ttlMs }) {
      const stored = name('value', key);
      const ttl = wholeMs(ttlMs);
      if (expected !== undefined)
        return (await redis.run('setIf', stored, stored, expected, value, ttl)) === 1;
      const set = await redis.send((commands) =>
        ttl === ''
          ? commands.set(stored, value, 'NX')
          : commands.set(stored, value, 'PX', ttl, 'NX'),
      );
      return set === 'OK';
    },

    async takeTokens(key, bucket, tokens = 1) {
      checkTake(bucket, tokens);
      const { capacity, refillPerSecond } = bucket;
      const taken = await redis.run(
        'takeTokens',
        name('bucket', key),
        capacity,
        refillPerSecond,
        tokens,
      );
      const [allowed, remaining, resetSeconds, retryAfterSeconds] = taken as TakenReply;
      return { allowed: allowed === 1, remaining, resetSeconds, retryAfterSeconds };
    },

    singleFlight: createSingleFlight({
      get,
      lock: (key, ttlMs) => locks.take(name('flight', key), ttlMs),
      async store(key, { value, ttlMs, token }) {
        await redis.run(
          'setIf',
          name('flight', key),
          name('value', key),
          token,
          value,
          wholeMs(ttlMs),
        );
      },
    }),

    lock: (key, ttlMs) => locks.take(name('lock', key), ttlMs),

    async check() {
      await redis.send((commands) => commands.ping());
    },
    // What has expired goes by itself.
    start: () => undefined,
    stop: async () => undefined,
    close: async () => redis.close(),
  };
}

type TakenReply = [allowed: number, remaining: number, reset: number, retryAfter: number];

function createLocks(redis: RedisConnection<keyof typeof scripts>, lastToken: string) {
  return {
    async take(key: string, ttlMs: number) {
      const taken = await redis.run('takeLock', key, lastToken, wholeMs(ttlMs));
      if (taken === null) return undefined;
      const token = Number(taken);
      return {
        token,
        async extend(extensionMs: number) {
          const extended = await redis.run('setIf', key, key, token, token, wholeMs(extensionMs));
          return extended === 1;
        },
        async release() {
          await redis.run('deleteIf', key, token);
        },
      };
    },
  };
}

/** As Redis takes it; empty for never. */
function wholeMs(ms: number | undefined): number | '' {
  return ms !== undefined && Number.isFinite(ms) ? Math.max(1, Math.ceil(ms)) : '';
}
