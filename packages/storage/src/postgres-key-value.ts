/**
 * KeyValue in Postgres tables. Every method is one statement, so a process can die between two of them and
 * nowhere else; migrations/0003-key-value.sql of packages/messaging has the two that need a function.
 * What has expired counts as absent from that moment on, whenever the sweep removes it.
 */
import { createPool } from '@waymark/database/connect.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { checkTake, type KeyValue, type TakenTokens } from './key-value.ts';
import { createSingleFlight } from './single-flight.ts';
import { storedKey } from './stored-key.ts';

const SWEEP_EVERY_MS = 30_000;
const SWEEP_BATCH = 1000;
const TABLES = ['key_values', 'token_buckets', 'locks'] as const;

interface Options {
  url: string;
  client: string;
  log: Log;
  sweepEveryMs?: number;
}

export function openPostgresKeyValue(options: Options): KeyValue {
  const pool = createPool({
    url: options.url,
    applicationName: `${options.client}-key-value`,
    maxConnections: 4,
    // A cache that answers later than this is slower than what it caches.
    statementTimeoutMs: 2000,
  });

  async function rows<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
  ): Promise<Row[]> {
    // Named by its text, a statement is parsed once for each connection.
    const name = createHash('md5').update(text).digest('hex');
    return (await pool.query<Row>({ name, text, values })).rows;
  }

  const sweep = createLoop({
    name: 'key-value-sweep',
    intervalMs: options.sweepEveryMs ?? SWEEP_EVERY_MS,
    log: options.log,
    async runOnce() {
      const counts = await Promise.all(TABLES.map((table) => sweepTable(table)));
      return counts.some((count) => count === SWEEP_BATCH);
    },
  });

  async function sweepTable(table: (typeof TABLES)[number]): Promise<number> {
    // The rows are locked as they are found: one that comes to life again in between is not expired any more.
    const gone = await pool.query(
      `delete from ${table} where key = any(array(
         select key from ${table} where expires_at <= clock_timestamp()
         limit ${String(SWEEP_BATCH)} for update skip locked))`,
    );
    return gone.rowCount ?? 0;
  }

  async function get(key: string): Promise<string | undefined> {
    const [row] = await rows<{ value: string }>(
      `select value from key_values
       where key = $1 and (expires_at is null or expires_at > clock_timestamp())`,
      [storedKey(key)],
    );
    return row?.value;
  }

  const locks = createLocks(rows);
  const flightOf = (key: string) => `flight ${storedKey(key)}`;

  return {
    get,

    async set(key, value, { ttlMs } = { ttlMs: Infinity }) {
      await rows(
        `insert into key_values (key, value, expires_at) values ($1, $2, ${inMs('$3')})
         on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`,
        [storedKey(key), value, finite(ttlMs)],
      );
    },

    async delete(key) {
      // The flight first: what its loader stores later is refused, and what it stored just before goes below.
      await rows('delete from locks where key = $1', [flightOf(key)]);
      await rows('delete from key_values where key = $1', [storedKey(key)]);
    },

    async compareAndSet(key, { expected, value, ttlMs }) {
      const statement =
        expected === undefined
          ? `insert into key_values as present (key, value, expires_at) values ($1, $2, ${inMs('$3')})
             on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at
             where present.expires_at <= clock_timestamp() returning 1`
          : `update key_values set value = $2, expires_at = ${inMs('$3')} where key = $1 and value = $4
             and (expires_at is null or expires_at > clock_timestamp()) returning 1`;
      const given = expected === undefined ? [] : [expected];
      const changed = await rows(statement, [storedKey(key), value, finite(ttlMs), ...given]);
      return changed.length === 1;
    },

    async takeTokens(key, bucket, tokens = 1) {
      checkTake(bucket, tokens);
      const { capacity, refillPerSecond } = bucket;
      const [taken] = await rows<TakenTokens>(
        `select allowed, remaining, ceil(reset_seconds) as "resetSeconds",
           ceil(retry_after_seconds) as "retryAfterSeconds" from take_tokens($1, $2, $3, $4)`,
        [storedKey(key), capacity, refillPerSecond, tokens],
      );
      if (taken === undefined) throw new Error('take_tokens returned no row');
      return taken;
    },

    singleFlight: createSingleFlight({
      get,
      lock: (key, ttlMs) => locks.take(flightOf(key), ttlMs),
      async store(key, { value, ttlMs, token }) {
        await rows(
          `with flight as (select 1 from locks where key = $4 and token = $5 for update)
           insert into key_values (key, value, expires_at) select $1, $2, ${inMs('$3')} from flight
           on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`,
          [storedKey(key), value, ttlMs, flightOf(key), token],
        );
      },
    }),

    lock: (key, ttlMs) => locks.take(`lock ${storedKey(key)}`, ttlMs),

    async check() {
      await pool.query('select 1');
    },
    start: sweep.start,
    stop: sweep.stop,
    close: () => pool.end(),
  };
}

type Rows = <Row extends pg.QueryResultRow>(text: string, values: unknown[]) => Promise<Row[]>;

function createLocks(rows: Rows) {
  return {
    async take(key: string, ttlMs: number) {
      const [taken] = await rows<{ token: number | null }>('select take_lock($1, $2) as token', [
        key,
        ttlMs,
      ]);
      const token = taken?.token ?? undefined;
      if (token === undefined) return undefined;
      return {
        token,
        async extend(extensionMs: number) {
          const extended = await rows(
            `update locks set expires_at = ${inMs('$3')}
             where key = $1 and token = $2 and expires_at > clock_timestamp() returning 1`,
            [key, token, extensionMs],
          );
          return extended.length === 1;
        },
        async release() {
          await rows('delete from locks where key = $1 and token = $2', [key, token]);
        },
      };
    },
  };
}

/** That many milliseconds from now; null, for never, of null. */
function inMs(parameter: string): string {
  return `clock_timestamp() + ${parameter}::float8 * interval '1 millisecond'`;
}

function finite(ms: number | undefined): number | null {
  return ms !== undefined && Number.isFinite(ms) ? ms : null;
}
