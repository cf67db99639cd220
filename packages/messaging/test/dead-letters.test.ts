import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { redriveMarked, requestRedrive } from '../src/dead-letters.ts';
import type { StoredRecord } from '../src/event-log.ts';
import { PoisonError } from '../src/handler.ts';
import { recordOfNote, setup } from './inbox-setup.ts';

const unreadable: { spoil: (record: StoredRecord) => void; reason: string }[] = [
  { spoil: (record) => (record.value = '{"note":7}'), reason: 'data/note must be string' },
  { spoil: (record) => (record.value = '{"note":"a","more":1}'), reason: 'data/more' },
  { spoil: (record) => (record.value = '{"note":'), reason: 'JSON' },
  { spoil: (record) => delete record.headers.ce_type, reason: 'the header ce_type is missing' },
  { spoil: (record) => delete record.headers.ce_id, reason: 'the header ce_id is missing' },
];

test('what is no event, or not of its schema, makes a dead letter at once', async () => {
  await using world = await setup();
  const records = unreadable.map(({ spoil }, offset) => {
    const record = recordOfNote('a', offset);
    spoil(record);
    return record;
  });
  for (const record of records) await world.inbox.receive(record);
  expect(await world.effects()).toEqual([]);
  expect(await world.letters()).toMatchObject(
    records.map((record, index) => ({
      ...record,
      attempts: 1,
      reason: expect.stringContaining(unreadable[index]?.reason ?? ''),
      redriveRequested: false,
    })),
  );
});

test('text that no column can hold does not keep an event from the dead letters', async () => {
  await using world = await setup();
  const raw = recordOfNote('a', 1);
  raw.value = '{"note":"\0"}';
  raw.headers.note = '\0\ud800';
  const escaped = recordOfNote('a', 2);
  escaped.value = '{"note":"a","\\u0000":1}';
  for (const record of [raw, escaped]) await world.inbox.receive(record);
  const [first, second] = await world.letters();
  expect(first).toMatchObject({ value: '{"note":"\uFFFD"}', headers: { note: '\uFFFD\uFFFD' } });
  expect(second).toMatchObject({ value: escaped.value });
});

test('a letter that is redriven takes effect and is taken out', async () => {
  let broken = true;
  await using world = await setup(async (tx, { note }) => {
    if (broken) throw new PoisonError('a bug');
    await tx.insertInto('effects').values({ note }).execute();
  });
  await world.inbox.receive(recordOfNote('a', 1));
  await world.inbox.receive(recordOfNote('b', 2));
  broken = false;
  const [first] = await world.letters();
  expect(await requestRedrive(world.db, first?.id ?? 0)).toBe(1);
  expect(await requestRedrive(world.db, first?.id ?? 0)).toBe(0);
  world.start();
  await eventually(async () => (await world.letters()).length === 1);
  expect(await world.effects()).toEqual(['a']);
  expect(await requestRedrive(world.db, 'all')).toBe(1);
  await eventually(async () => (await world.letters()).length === 0);
  expect(await world.effects()).toEqual(['a', 'b']);
});

test('a letter that fails again stays, with its new reason and without its mark', async () => {
  let reason = 'the first bug';
  await using world = await setup(async () => {
    throw new PoisonError(reason);
  });
  await world.inbox.receive(recordOfNote('a'));
  const [before] = await world.letters();
  reason = 'the second bug';
  await requestRedrive(world.db, 'all');
  expect(await redriveMarked(world.db, world.inbox.receive)).toBe(1);
  const after = await world.letters();
  expect(after).toMatchObject([{ id: before?.id, reason, redriveRequested: false }]);
  expect(await redriveMarked(world.db, world.inbox.receive)).toBe(0);
});

test('a letter whose event took effect meanwhile is taken out without a second effect', async () => {
  let broken = true;
  await using world = await setup(async (tx, { note }) => {
    if (broken) throw new PoisonError('a bug');
    await tx.insertInto('effects').values({ note }).execute();
  });
  const record = recordOfNote('a');
  await world.inbox.receive(record);
  broken = false;
  await world.inbox.receive(record);
  await requestRedrive(world.db, 'all');
  await redriveMarked(world.db, world.inbox.receive);
  expect(await world.effects()).toEqual(['a']);
  expect(await world.letters()).toEqual([]);
});

test('a redrive while the database is away leaves the letter marked', async () => {
  await using world = await setup(async () => {
    throw new PoisonError('a bug');
  });
  await world.inbox.receive(recordOfNote('a'));
  await requestRedrive(world.db, 'all');
  const outage = world.inboxAt('postgres://nobody@127.0.0.1:1/nothing');
  await expect(redriveMarked(world.db, outage.receive)).rejects.toThrow('ECONNREFUSED');
  expect(await world.letters()).toMatchObject([{ reason: 'a bug', redriveRequested: true }]);
});

test('a log that begins anew at the same offsets overwrites no letter', async () => {
  await using world = await setup(async () => {
    throw new PoisonError('a bug');
  });
  const [before, after] = [recordOfNote('a', 7), recordOfNote('b', 7)];
  for (const record of [before, after, before]) await world.inbox.receive(record);
  const letters = await world.letters();
  expect(letters.map(({ value }) => value)).toEqual([before.value, after.value]);
});

test('letters without an event id are told apart by their content, and the same one again is one letter', async () => {
  await using world = await setup();
  const [one, other] = ['a', 'b'].map((note) => {
    const record = recordOfNote(note, 7);
    delete record.headers.ce_id;
    return record;
  });
  for (const record of [one, other, one]) if (record) await world.inbox.receive(record);
  const letters = await world.letters();
  expect(letters.map(({ value }) => value)).toEqual([one?.value, other?.value]);
});

test('an event id of any length fits a letter', async () => {
  await using world = await setup();
  const record = recordOfNote('a');
  // Longer than an index entry may be, and too varied to be compressed.
  record.headers.ce_id = Array.from({ length: 500 }, () => randomUUID()).join('');
  await world.inbox.receive(record);
  expect(await world.letters()).toMatchObject([{ headers: record.headers }]);
});

test('a redriven letter whose type nothing handles any more stays, and says so', async () => {
  await using world = await setup(async () => {
    throw new PoisonError('a bug');
  });
  await world.inbox.receive(recordOfNote('a'));
  const type = 'waymark.orders.retired.v1';
  await world.database.query(
    `update dead_letters set headers = headers || jsonb_build_object('ce_type', $1::text)`,
    [type],
  );
  await requestRedrive(world.db, 'all');
  await redriveMarked(world.db, world.inbox.receive);
  expect(await world.letters()).toMatchObject([
    {
      reason: 'nothing here handles this type of event',
      redriveRequested: false,
      headers: { ce_type: type },
    },
  ]);
  expect(await redriveMarked(world.db, world.inbox.receive)).toBe(0);
});
