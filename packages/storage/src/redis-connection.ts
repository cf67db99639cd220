/**
 * One connection to Redis, and what happens while there is none: calls fail at once or within a second, in a way
 * that `isUnavailable` knows, and the connection is tried again for ever. Nothing is kept for later: a command
 * that is sent after its caller has given up takes a token, or a lock, that nobody wants any more.
 */
import { unavailable } from '@waymark/database/unavailable.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { Redis } from 'ioredis';

/** A Lua script, which Redis runs alone: nobody sees the half of it. */
export interface Script {
  lua: string;
  numberOfKeys: number;
}

export interface ConnectOptions<Name extends string> {
  url: string;
  /** Seen in CLIENT LIST. */
  name: string;
  log: Log;
  /** Sent to the server once for each connection, and called by their hash. */
  scripts: Record<Name, Script>;
  /** How long the server may take to answer. */
  timeoutMs?: number;
}

export interface RedisConnection<Name extends string> {
  /** Rejects with an error that counts as unavailable where the server is away, overloaded or only starting. */
  send<T>(command: (redis: Redis) => Promise<T>): Promise<T>;
  /** Runs a script: its keys first, then its arguments. */
  run(script: Name, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  /** What waits for an answer is answered with an error. */
  close(): void;
}

const TIMEOUT_MS = 1000;
/** Commands without an answer so far. Many more than a process sends in a second, and some 40 MB at most. */
export const MAX_IN_FLIGHT = 20_000;

/** Errors that pass, by the first word of Redis's answer. OOM is a memory limit, MISCONF a disk that is full. */
const PASSING = /^(LOADING|BUSY|OOM|MISCONF|READONLY|MASTERDOWN|NOREPLICAS|TRYAGAIN) /;

export function connectRedis<Name extends string>(
  options: ConnectOptions<Name>,
): RedisConnection<Name> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const redis = new Redis(options.url, {
    connectionName: options.name,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: timeoutMs,
    // #region silence-is-an-outage
    // A connection that takes bytes and brings none stays open for a quarter of an hour, and a command that
    // timed out keeps its place in the line of those that wait for an answer: memory grows with every call.
    // Where something is owed and nothing comes, the connection is given up, and the line with it.
    socketTimeout: timeoutMs,
    // #endregion
    disconnectTimeout: 100,
    retryStrategy: (failures) => backoffMs(failures, { firstMs: 100, maxMs: 2000 }),
    // A server that became a replica: by its name the client finds the new primary.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // It asks INFO, which a service has no right to; a server that loads its data says so to each command.
    enableReadyCheck: false,
    disableClientInfo: true,
    scripts: options.scripts,
  });
  const opened = watch(redis, options);
  let inFlight = 0;

  async function send<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (inFlight >= MAX_IN_FLIGHT) throw unavailable('Redis', new Error('too many commands wait'));
    inFlight += 1;
    try {
      await opened;
      return await command(redis);
    } catch (error) {
      throw isPassing(error) ? unavailable('Redis', error) : error;
    } finally {
      inFlight -= 1;
    }
  }

  return {
    send,
    run: (script, ...keysAndArguments) =>
      send((commands) =>
        // What the library defines by name, the compiler does not see.
        (commands as unknown as Record<Name, Call>)[script](...keysAndArguments),
      ),
    close: () => redis.disconnect(),
  };
}

type Call = (...keysAndArguments: (string | number)[]) => Promise<unknown>;

/** Logs one line when the server goes and one when it is back. Resolves when the first try to connect has ended. */
function watch(redis: Redis, { name, log }: { name: string; log: Log }): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let failure: unknown;
  let awaySince: number | undefined;
  redis.on('error', (error) => {
    failure = error;
    resolve();
  });
  redis.on('close', () => {
    resolve();
    if (awaySince !== undefined || redis.status === 'end') return;
    awaySince = performance.now();
    log.warn({ err: failure, connection: name }, 'Redis is away');
  });
  // Closed before it began to connect, it says nothing else.
  redis.on('end', resolve);
  redis.on('ready', () => {
    resolve();
    if (awaySince === undefined) return;
    const awayMs = Math.round(performance.now() - awaySince);
    log.info({ connection: name, awayMs }, 'Redis is back');
    failure = undefined;
    awaySince = undefined;
  });
  return promise;
}

/** What the server has answered is a ReplyError; all else is about the way to it, unless it is a bug of ours. */
function isPassing(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'ReplyError' ? PASSING.test(message) : name !== 'TypeError';
}
