import { expect, test } from '@jest/globals';
import { topics } from '@waymark/contracts/topics.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { redriveMarked, requestRedrive } from '../src/dead-letters.ts';
import { PoisonError } from '../src/handler.ts';
import { createInboxPruning, INBOX_KEPT_MS } from '../src/prune-inbox.ts';
import { recordOfNote, setup } from './inbox-setup.ts';

type World = Awaited<ReturnType<typeof setup>>;

const ids = async ({ database }: World) => {
  const rows = await database.query<{ id: string }>('select event_id as id from inbox order by 1');
  return rows.map(({ id }) => id);
};

/** Prunes as a service does whose clock is `aheadMs` ahead. */
function prune({ db, atEnd }: World, aheadMs: number): void {
  const clock = () => new Date(Date.now() + aheadMs);
  const pruning = createInboxPruning({ db, clock, log: silentLog });
  atEnd(pruning.stop);
  pruning.start();
}

test('an id is forgotten after its time, and not before', async () => {
  await using world = await setup();
  const [old, young] = [recordOfNote('old'), recordOfNote('young')];
  for (const record of [old, young]) await world.inbox.receive(record);
  await world.database.query(
    `update inbox set handled_at = now() - interval '1 minute' where event_id = $1`,
    [old.headers.ce_id],
  );
  prune(world, INBOX_KEPT_MS - 30_000);
  await eventually(async () => (await ids(world)).length === 1);
  expect(await ids(world)).toEqual([young.headers.ce_id]);
});

test('an id outlives every record that the log gives out again', () => {
  const retentions = topics.flatMap(({ retentionMs }) => retentionMs ?? []);
  expect(retentions.length).toBeGreaterThan(0);
  // A log deletes a file of records once the last of them is past its time, and a file spans up to a week.
  const FILE_MS = 7 * 24 * 3600 * 1000;
  expect(INBOX_KEPT_MS).toBeGreaterThanOrEqual(Math.max(...retentions) + FILE_MS);
});

test('an event that took effect beside its letter does so once, however late the letter is redriven', async () => {
  let broken = true;
  await using world = await setup(async (tx, { note }) => {
    if (broken) throw new PoisonError('a bug');
    await tx.insertInto('effects').values({ note }).execute();
  });
  const record = recordOfNote('a');
  await world.inbox.receive(record);
  broken = false;
  await world.inbox.receive(record);
  await world.inbox.receive(recordOfNote('b', 1));
  prune(world, 10 * INBOX_KEPT_MS);
  await eventually(async () => (await ids(world)).length === 1);
  await requestRedrive(world.db, 'all');
  await redriveMarked(world.db, world.inbox.receive);
  expect(await world.effects()).toEqual(['a', 'b']);
  expect(await world.letters()).toEqual([]);
});
