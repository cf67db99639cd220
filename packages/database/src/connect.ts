/**
 * A service's connection to its own database: a bounded pool behind Kysely. Every wait has a limit here once,
 * so that no query elsewhere needs to remember one: for a free connection, for a lock, for a statement.
 */
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { Gauge } from 'prom-client';
import { preparing } from './prepared.ts';

export interface DatabaseOptions {
  url: string;
  /** Seen in pg_stat_activity. */
  applicationName: string;
  maxConnections?: number;
  statementTimeoutMs?: number;
}

/** A database or a transaction on it: queries that can run in either take this. */
export type Executor<Schema> = Kysely<Schema> | Transaction<Schema>;

// 8-byte integers come as strings by default. Ours (money in cents, offsets) stay below 2^53, so numbers are exact.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export function createPool(options: DatabaseOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 5000;
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 2000,
    // A burst finds what the last one opened. To open ten more costs the server ten processes and ten proofs of the
    // password, and us every statement prepared anew, just when both are busy: they took more than 2 s.
    idleTimeoutMillis: 300_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
    // The server's time-out answers first; this one is for a server that answers nothing at all.
    query_timeout: statementTimeoutMs + 1000,
    keepAlive: true,
  });
  // A connection that breaks is replaced on the next use, and whoever uses it gets the error from the query. It
  // is an event too, of the pool while the connection is idle and of the client while it is in use, and an
  // event of that name which nobody hears ends the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export function connectDatabase<Schema>(
  options: DatabaseOptions & {
    /** Of the process whose pool this is; commands and tests have none. */
    metrics?: Metrics;
  },
): Kysely<Schema> {
  const pool = createPool(options);
  if (options.metrics !== undefined) measurePool(options.metrics, pool);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
}

function measurePool(metrics: Metrics, pool: pg.Pool): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(value());
      },
    });
  gauge('pg_pool_connections', 'Connections that the pool has open', () => pool.totalCount);
  gauge('pg_pool_idle_connections', 'Of those, not in use', () => pool.idleCount);
  gauge('pg_pool_waiting', 'Queries that wait for a free connection', () => pool.waitingCount);
}
