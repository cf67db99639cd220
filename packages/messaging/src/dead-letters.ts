/**
 * Dead letters: events that a service could not handle, kept in its own database with the reason. Redriving
 * marks a letter, and the service's inbox takes marked ones and handles them as if they had just arrived; the
 * inbox's ids and the use cases' own rules keep a letter that was late from undoing what happened since.
 */
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import type { StoredRecord } from './event-log.ts';

export interface DeadLetterTable {
  id: Generated<number>;
  topic: string;
  partition: number;
  offset: number;
  key: string;
  headers: unknown;
  value: string;
  reason: string;
  attempts: number;
  failed_at: Generated<Date>;
  redrive_requested_at: Date | null;
}

export interface DeadLetter extends StoredRecord {
  id: number;
  reason: string;
  attempts: number;
  failedAt: Date;
  redriveRequested: boolean;
}

interface DeadLetterSchema {
  dead_letters: DeadLetterTable;
}

/**
 * Keeps the record; one that fails again after a redrive takes the place of its earlier letter. A NUL character,
 * which PostgreSQL cannot store, is replaced: a letter that is refused would make its partition wait for ever.
 */
export async function addDeadLetter(
  db: Executor<DeadLetterSchema>,
  record: StoredRecord,
  failure: { reason: string; attempts: number },
): Promise<void> {
  const { topic, partition, offset, headers } = record;
  const key = storable(record.key);
  const value = storable(record.value);
  const reason = storable(failure.reason);
  const { attempts } = failure;
  await db
    .insertInto('dead_letters')
    .values({
      topic,
      partition,
      offset,
      key,
      value,
      headers: JSON.stringify(headers, (_name, text: unknown) =>
        typeof text === 'string' ? storable(text) : text,
      ),
      reason,
      attempts,
    })
    .onConflict((conflict) =>
      conflict.expression(RECORD).doUpdateSet({
        reason,
        attempts,
        failed_at: sql<Date>`now()`,
        redrive_requested_at: null,
      }),
    )
    .execute();
}

/** What sql/dead-letter-key.sql tells letters by. */
const RECORD = sql`topic, partition, "offset", md5(coalesce(headers ->> 'ce_id', value))`;

/** The text without what PostgreSQL cannot store. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

export async function listDeadLetters(
  db: Executor<DeadLetterSchema>,
  limit = 100,
): Promise<DeadLetter[]> {
  const rows = await db.selectFrom('dead_letters').selectAll().orderBy('id').limit(limit).execute();
  return rows.map(({ failed_at, redrive_requested_at, ...row }) => ({
    ...row,
    headers: row.headers as Record<string, string>,
    failedAt: failed_at,
    redriveRequested: redrive_requested_at !== null,
  }));
}

/** Asks the service to try one letter again, or all of them; returns how many were marked. */
export async function requestRedrive(
  db: Executor<DeadLetterSchema>,
  id: number | 'all',
): Promise<number> {
  const update = db
    .updateTable('dead_letters')
    .set({ redrive_requested_at: sql<Date>`now()` })
    .where('redrive_requested_at', 'is', null);
  const result = await (id === 'all' ? update : update.where('id', '=', id)).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/**
 * Hands each marked letter to `handle` and takes it out once the inbox has its event: a death between the two
 * brings it again. One that fails again is written anew by `handle`, with its mark removed, and stays. So does
 * one that `handle` passes over because nothing handles its type any more: it may be the last copy of the event.
 */
export async function redriveMarked(
  db: Kysely<DeadLetterSchema & { inbox: { event_id: string } }>,
  handle: (record: StoredRecord) => Promise<void>,
): Promise<number> {
  const marked = await db
    .selectFrom('dead_letters')
    .selectAll()
    .where('redrive_requested_at', 'is not', null)
    .orderBy('id')
    .limit(10)
    .execute();
  for (const row of marked) {
    await handle({ ...row, headers: row.headers as Record<string, string> });
    const isHandled = sql<boolean>`exists (select from inbox where event_id = headers ->> 'ce_id')`;
    await db
      .deleteFrom('dead_letters')
      .where('id', '=', row.id)
      .where('redrive_requested_at', 'is not', null)
      .where(isHandled)
      .execute();
    await db
      .updateTable('dead_letters')
      .set({ reason: 'nothing here handles this type of event', redrive_requested_at: null })
      .where('id', '=', row.id)
      .where('redrive_requested_at', 'is not', null)
      .execute();
  }
  return marked.length;
}
