/**
 * A connection that means something by staying open: it holds advisory locks, which the server frees when the
 * process dies, and it listens. A pool cannot do that, since a lock belongs to one connection. When the
 * connection breaks, the session's body is thrown out and begun anew on a fresh one, so that nobody goes on
 * believing in a lock that is lost.
 * A body must end when its queries fail: the next one starts only after it has.
 */
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface Session {
  /** One query at a time, in the order of the calls. */
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<Row[]>;
  /** Resolves at the next notification or wake-up, or after `ms`; true where `wake` was called since the last
   *  time. Rejects when the connection is lost. */
  wait(ms: number): Promise<boolean>;
  wake(): void;
  /** Notifications since the last call. */
  takeNotifications(): pg.Notification[];
}

export interface SessionOptions {
  url: string;
  applicationName: string;
  channels: string[];
  log: Log;
  /** Works until it is aborted; throws when the connection is of no more use. */
  body(session: Session, signal: AbortSignal): Promise<void>;
  /** The server ends a session that says nothing for this long, so that a frozen process loses its locks. */
  idleTimeoutMs?: number;
}

export interface RunningSession {
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

/** The first pause is what a lost connection costs; the last is what a server costs that comes back after a while. */
const RECONNECT = { firstMs: 250, maxMs: 1000 };
/** A session that lasted this long was well: its loss is a first failure again. */
const LASTING_MS = 5000;
const GOODBYE_MS = 1000;

export function createSession(options: SessionOptions): RunningSession {
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake: () => void = () => undefined;
  let running: Promise<void> = Promise.resolve();

  // It changes while `run` awaits, which the compiler's narrowing cannot see.
  const isStopping = () => signal.aborted;

  async function run(): Promise<void> {
    let failures = 0;
    while (!isStopping()) {
      let begun = Infinity;
      let lost: unknown;
      try {
        await withClient(options, async (session) => {
          begun = performance.now();
          wake = () => {
            session.wake();
          };
          await options.body(session, signal);
        });
      } catch (error) {
        lost = error;
      }
      failures = performance.now() - begun > LASTING_MS ? 1 : failures + 1;
      // Of an outage one line is news; the tries that follow are not.
      const level = failures === 1 ? 'warn' : 'debug';
      if (lost !== undefined && !isStopping())
        options.log[level]({ err: lost, session: options.applicationName }, 'session lost');
      // The signal ends the pause, so that stopping does not wait for it.
      await sleep(backoffMs(failures, RECONNECT), undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    wake: () => {
      wake();
    },
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}

async function withClient(
  options: SessionOptions,
  body: (session: Session) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: 2000,
    statement_timeout: 5000,
    query_timeout: 6000,
    keepAlive: true,
  });
  const session = watch(client);
  try {
    await client.connect();
    for (const channel of options.channels)
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    await client.query(`set idle_session_timeout = ${String(options.idleTimeoutMs ?? 0)}`);
    await body(session);
  } finally {
    // A server that answers nothing would keep a polite goodbye waiting for ever.
    await Promise.race([
      client.end().catch(() => undefined),
      sleep(GOODBYE_MS, undefined, { ref: false }),
    ]);
  }
}

function watch(client: pg.Client): Session {
  let notifications: pg.Notification[] = [];
  let woken = false;
  let endWait: () => void = () => undefined;
  let lastQuery: Promise<unknown> = Promise.resolve();
  let loss: Error | undefined;
  function lose(error: Error): void {
    loss ??= error;
    endWait();
  }
  client.on('error', lose);
  client.on('end', () => {
    lose(new Error('the connection ended'));
  });
  client.on('notification', (notification) => {
    notifications.push(notification);
    endWait();
  });

  return {
    query<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]) {
      const result = lastQuery.then(async () => (await client.query<Row>(query, values)).rows);
      lastQuery = result.catch(() => undefined);
      return result;
    },

    wake() {
      woken = true;
      endWait();
    },

    async wait(ms) {
      // Not a race against a promise of the loss: each race would leave a reaction on it, for as long as the
      // connection lasts.
      if (loss === undefined && !woken && notifications.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          endWait = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (loss !== undefined) throw loss;
      const wasWoken = woken;
      woken = false;
      return wasWoken;
    },

    takeNotifications() {
      const taken = notifications;
      notifications = [];
      return taken;
    },
  };
}
