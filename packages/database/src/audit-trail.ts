/**
 * The audit trail: acts that somebody may have to answer for, in a table that is only added to. Rows form a chain, so a
 * row that was changed, removed, put elsewhere or slipped in does not fit any more, whoever did it and with whatever
 * rights. A chain that was cut off at its end still fits: that is found only by a hash that was kept elsewhere.
 */
import { CompiledQuery, type Kysely } from 'kysely';
import { createHash } from 'node:crypto';

/** Ids and reasons, never names, addresses or free text: nothing can be deleted here. */
export interface Act {
  /** Who did it: the subject of a token, or a part of the platform. */
  actor: string;
  act: string;
  /** What it was done to, such as `order:<id>`. */
  object: string;
  details?: Readonly<Record<string, string | number>>;
}

export interface AuditRow {
  seq: number;
  at: Date;
  actor: string;
  act: string;
  object: string;
  details: string;
  previous: string;
  hash: string;
}

/** A query on a connection that is in a transaction. */
export type Run = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>;

/** What the first row has before it. */
const START = '0'.repeat(64);
const LOCK = `select pg_advisory_xact_lock(hashtextextended('audit trail', 0))`;
const HEAD = 'select seq, hash from audit_trail order by seq desc limit 1';
const INSERT = `insert into audit_trail (seq, at, actor, act, object, details, previous, hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** In the transaction of the act itself, and last in it: there is no act without its row, nor a row without its act. */
export async function recordAct(run: Run, done: Act, now: Date): Promise<void> {
  // #region one-at-a-time
  // Two that read the same head would both come after it, and the chain would fork. The lock is held to the commit, as
  // an id that is given out before it can be overtaken. So acts that are on record wait for each other, for as long as
  // the pool's lock time-out lets them: fine for people's acts, and no place for what happens a thousand times a second.
  await run(LOCK, []);
  const [head] = (await run(HEAD, [])).rows as { seq: number | string; hash: string }[];
  // #endregion
  const { actor, act, object, details = {} } = done;
  const seq = Number(head?.seq ?? 0) + 1;
  const previous = head?.hash ?? START;
  const row = { seq, at: now, actor, act, object, details: JSON.stringify(details), previous };
  const values = [seq, now, actor, act, object, row.details, previous, hashOf(row)];
  await run(INSERT, values);
}

/** On a transaction of kysely's. */
export function runOn<Schema>(tx: Pick<Kysely<Schema>, 'executeQuery'>): Run {
  return (text, values) => tx.executeQuery(CompiledQuery.raw(text, values));
}

/** What the first row that does not fit is, and why; undefined for a chain that is whole. */
export interface Break {
  seq: number;
  why: string;
}

export function createChainCheck() {
  let last = { seq: 0, hash: START };
  return {
    /** Rows in the order of `seq`, in as many parts as there are. */
    check(rows: AuditRow[]): Break | undefined {
      for (const row of rows) {
        const { seq, hash, previous } = row;
        const expected = last.seq + 1;
        if (seq !== expected) return { seq: expected, why: 'is missing' };
        if (previous !== last.hash) return { seq, why: 'does not follow the row before it' };
        if (hash !== hashOf(row)) return { seq, why: 'is not what was written' };
        last = { seq, hash };
      }
      return undefined;
    },
    head: () => last,
  };
}

function hashOf({
  seq,
  at,
  actor,
  act,
  object,
  details,
  previous,
}: Omit<AuditRow, 'hash'>): string {
  const canonical = [seq, at.toISOString(), actor, act, object, details, previous];
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}
