/**
 * The WorkQueue in Postgres tables. A message in hand is a row under a lease, and every statement that settles
 * one names the lease's token: a worker that took too long changes nothing any more.
 * migrations/0004-work-queue.sql says how messages are shared out, postgres-worker.ts how they are worked on.
 */
import { createPool } from '@waymark/database/connect.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { storable } from './dead-letters.ts';
import { createWorker, WORK_CHANNEL, type Leased, type WorkStore } from './postgres-worker.ts';
import type { WorkDeadLetter, WorkQueue } from './work-queue.ts';

const UNBOUNDED = 2 ** 31 - 1;
const REASON_LENGTH = 1000;

interface Row {
  id: number;
  key: string;
  headers: Record<string, string>;
  value: string;
  attempts: number;
  lease_token: string;
}

export function openPostgresWorkQueue(options: {
  url: string;
  client: string;
  log: Log;
}): WorkQueue {
  const { url, log } = options;
  const applicationName = `${options.client}-work`;
  const pool = createPool({ url, applicationName, maxConnections: 4 });

  const store: WorkStore = {
    async claim(queue, { limit, perKey = UNBOUNDED, leaseMs, token }) {
      const claimed = await pool.query<Row>({
        name: 'claim-work',
        text: 'select * from claim_work($1, $2, $3, $4, $5)',
        values: [queue, limit, perKey, leaseMs, token],
      });
      return claimed.rows.map(toLeased);
    },

    async finish({ id, token }) {
      const finished = await pool.query({
        name: 'finish-work',
        text: 'delete from work_messages where id = $1 and lease_token = $2',
        values: [id, token],
      });
      return finished.rowCount === 1;
    },

    async postpone({ id, token }, pauseMs) {
      const postponed = await pool.query({
        name: 'postpone-work',
        text: `update work_messages set lease_token = null,
            due_at = clock_timestamp() + $3::float8 * interval '1 millisecond'
          where id = $1 and lease_token = $2`,
        values: [id, token, pauseMs],
      });
      return postponed.rowCount === 1;
    },

    async bury({ id, token, attempt }, reason) {
      const buried = await pool.query(
        `with gone as (delete from work_messages where id = $1 and lease_token = $2 returning *)
         insert into work_dead_letters (id, queue, key, headers, value, attempts, reason)
         select id, queue, key, headers, value, $3, $4 from gone`,
        [id, token, attempt, storable(reason).slice(0, REASON_LENGTH)],
      );
      return buried.rowCount === 1;
    },
  };

  return {
    async send(queue, { headers, value }, { delayMs = 0, key = '' } = {}) {
      await pool.query({
        name: 'send-work',
        text: `insert into work_messages (queue, key, headers, value, due_at)
          values ($1, $2, $3, $4, clock_timestamp() + $5::float8 * interval '1 millisecond')`,
        values: [queue, key, JSON.stringify(headers), value, delayMs],
      });
      // Not part of the insert: a NOTIFY in a transaction holds a lock of the whole server until the commit.
      if (delayMs === 0) wakeWorkers(queue);
    },

    work: (queue, work) => createWorker({ ...work, queue, store, url, applicationName, log }),

    async listDeadLetters(queue, limit) {
      const letters = await pool.query<WorkDeadLetter>(
        `select id::text, nullif(key, '') as key, headers, value, attempts, reason,
           failed_at as "failedAt" from work_dead_letters d where queue = $1 order by d.id limit $2`,
        [queue, limit],
      );
      return letters.rows.map((letter) => ({ ...letter, key: letter.key ?? undefined }));
    },

    async redrive(queue, which) {
      const redriven = await pool.query(
        `with gone as (
           delete from work_dead_letters where queue = $1 and ($2::text is null or id::text = $2) returning *)
         insert into work_messages (queue, key, headers, value, due_at)
         select queue, key, headers, value, clock_timestamp() from gone`,
        [queue, which === 'all' ? null : which.id],
      );
      wakeWorkers(queue);
      return redriven.rowCount ?? 0;
    },

    async check() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };

  /** Not awaited and not durable: workers look by themselves too. */
  function wakeWorkers(queue: string): void {
    pool.query('select pg_notify($1, $2)', [WORK_CHANNEL, queue]).catch((error: unknown) => {
      log.debug({ err: error }, 'workers were not woken; they will poll');
    });
  }
}

function toLeased({ id, key, headers, value, attempts, lease_token }: Row): Leased {
  return {
    id: String(id),
    key: key === '' ? undefined : key,
    headers,
    value,
    attempt: attempts,
    token: lease_token,
  };
}
