/**
 * Forgets the ids of events that took effect long ago. An id must outlive its record: a record that can still be
 * read can still come again, after a seek for one, and would take effect a second time.
 */
import { createPruning, type PruningOptions } from '@waymark/database/prune.ts';
import type { Part } from '@waymark/lifecycle/app.ts';
import { sql, type Kysely } from 'kysely';
import type { InboxTables } from './handler.ts';

// #region inbox-outlives-log
// Twice the retention of the topics, since a log deletes files and not records: what is past its time goes with
// the last record of its file, which Kafka closes after up to a week (segment.ms). The compacted topic keeps its
// records for ever; those carry whole states, and whoever gets an old one again sees that it is old.
export const INBOX_KEPT_MS = 14 * 24 * 3600 * 1000;
// #endregion

export function createInboxPruning<Schema extends InboxTables>(
  options: Pick<PruningOptions, 'clock' | 'log'> & { db: Kysely<Schema> },
): Part {
  const { clock, log } = options;
  // The generic schema includes the inbox's tables, which TypeScript cannot see through Kysely's types.
  const db = options.db as unknown as Kysely<InboxTables>;
  return createPruning({
    name: 'inbox',
    keptMs: INBOX_KEPT_MS,
    clock,
    log,
    async deleteOlder(than, limit) {
      // A letter can be redriven at any age, so the id of an event that took effect beside its letter stays.
      const { numAffectedRows } = await sql`
        delete from inbox where event_id in (
          select event_id from inbox i where handled_at < ${than}
            and not exists (select from dead_letters d where d.headers ->> 'ce_id' = i.event_id)
          order by handled_at limit ${limit} for update of i skip locked)`.execute(db);
      return Number(numAffectedRows);
    },
  });
}
