/**
 * Follows the ring: a data key that is wrapped by another key than the ring's first is wrapped again. The fields
 * themselves stay as they are, so a rotation costs some bytes a person. Each batch is a transaction of its own, so
 * a crash loses at most one, and the next look finds what is left; while nothing changes, it is one read of an index.
 */
import type { Part } from '@waymark/lifecycle/app.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { sql, type Kysely } from 'kysely';
import type { DataKeyTables } from './data-keys.ts';
import type { KeyRing } from './key-ring.ts';

export interface RewrappingDeps {
  db: Kysely<DataKeyTables>;
  ring: KeyRing;
  log: Log;
  /** How long a replica may go on without noticing that the ring has changed. */
  intervalMs?: number;
}

const NOTICED_MS = 5000;
/** Some milliseconds of work, and of locks on rows that orders only read. */
const BATCH = 200;

export function createRewrapping({ db, ring, log, intervalMs }: RewrappingDeps): Part {
  return createLoop({
    name: 'rewrapping of data keys',
    intervalMs: intervalMs ?? NOTICED_MS,
    log,
    async runOnce() {
      const current = await ring.refresh();
      const rewrapped = await rewrapBatch(db, ring, current);
      if (rewrapped > 0) log.info({ rewrapped, kekId: current }, 'data keys are wrapped anew');
      return rewrapped === BATCH;
    },
  });
}

/** Returns how many it was. */
async function rewrapBatch(
  db: Kysely<DataKeyTables>,
  ring: KeyRing,
  current: string,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ may: boolean }>`select may_wrap_by(${current}) as may`.execute(tx);
    // The ring has changed once more; the next look sees it.
    if (rows[0]?.may !== true) return 0;
    const others = await tx
      .selectFrom('data_keys')
      .selectAll()
      .where((row) => row.or([row('kek_id', '<', current), row('kek_id', '>', current)]))
      .limit(BATCH)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { subject, kek_id: kekId, wrapped } of others) {
      const dataKey = await ring.unwrap({ kekId, wrapped }, subject);
      // By the ring as it is after that: who knows the newer key does not go back to the older.
      const again = await ring.wrap(dataKey, subject);
      await tx
        .updateTable('data_keys')
        .set({ kek_id: again.kekId, wrapped: again.wrapped })
        .where('subject', '=', subject)
        .execute();
    }
    return others.length;
  });
}
