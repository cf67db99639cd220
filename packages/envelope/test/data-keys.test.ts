import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectDatabase } from '@waymark/database/connect.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import type { Kysely } from 'kysely';
import { randomBytes } from 'node:crypto';
import { createDataKeys, type DataKeyTables } from '../src/data-keys.ts';
import { createKeyRing, type KeyRing } from '../src/key-ring.ts';
import { createRewrapping } from '../src/rewrapping.ts';
import type { DataKey } from '../src/seal.ts';

let database: TestDatabase;
let db: Kysely<DataKeyTables>;
let file: { id: string; key: string }[];
beforeEach(async () => {
  database = await createTestDatabase(new URL('./migrations/', import.meta.url));
  db = connectDatabase({ url: database.url, applicationName: 'envelope' });
  file = [newKey('old')];
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const newKey = (id: string) => ({ id, key: randomBytes(32).toString('base64url') });
const openRing = () => createKeyRing(async () => JSON.stringify(file));

async function keks(): Promise<string[]> {
  const rows = await database.query<{ kek_id: string }>(
    'select distinct kek_id from data_keys order by kek_id',
  );
  return rows.map((row) => row.kek_id);
}

async function retire(id: string): Promise<boolean> {
  const [row] = await database.query<{ done: boolean }>(
    'select retire_key_encryption_key($1) as done',
    [id],
  );
  return row?.done ?? false;
}

async function rewrap(ring: KeyRing, until: () => Promise<void>): Promise<void> {
  const part = createRewrapping({ db, ring, log: silentLog, intervalMs: 20 });
  part.start();
  await eventually(until).finally(() => part.stop());
}

test('a data key is found again, by another process too', async () => {
  const { id, key } = await createDataKeys(db, await openRing()).get('ada');
  const found = await createDataKeys(db, await openRing()).get('ada');
  expect([found.id, found.key.equals(key)]).toEqual([id, true]);
});

test('no data key is stored as it is', async () => {
  const { key } = await createDataKeys(db, await openRing()).get('ada');
  const [row] = await database.query<{ wrapped: Buffer }>('select wrapped from data_keys');
  expect(row?.wrapped.includes(key)).toBe(false);
});

test('a data key that is put to another name opens nothing', async () => {
  const keys = createDataKeys(db, await openRing());
  await keys.get('ada');
  await database.query(`update data_keys set subject = 'bob'`);
  await expect(keys.find('bob')).rejects.toThrow();
});

test('a key is retired only once nothing is wrapped by it, and nothing is afterwards', async () => {
  const ring = await openRing();
  const keys = createDataKeys(db, ring);
  const { key } = await keys.get('ada');
  expect(await retire('old')).toBe(false);
  file.unshift(newKey('new'));
  await rewrap(ring, async () => {
    expect(await keks()).toEqual(['new']);
  });
  expect(await retire('old')).toBe(true);
  file.pop();
  expect((await createDataKeys(db, await openRing()).get('ada')).key.equals(key)).toBe(true);
  file = [{ ...newKey('old') }];
  await expect(createDataKeys(db, await openRing()).get('bob')).rejects.toThrow('old is retired');
});

test('many data keys are wrapped anew in batches, and a crash between them loses nothing', async () => {
  const ring = await openRing();
  const keys = createDataKeys(db, ring);
  const names = Array.from({ length: 450 }, (_, index) => `customer-${String(index)}`);
  const before: DataKey[] = [];
  for (const name of names) before.push(await keys.get(name));
  file.unshift(newKey('new'));
  // The second batch meets a key that no ring has, as a process does that dies there.
  await database.query(`update data_keys set wrapped = '\\x00' where subject = 'customer-300'`);
  const part = createRewrapping({ db, ring, log: silentLog, intervalMs: 20 });
  part.start();
  await eventually(async () => {
    expect(await keks()).toEqual(['new', 'old']);
  });
  await part.stop();
  expect(await retire('old')).toBe(false);
  await database.query(`delete from data_keys where subject = 'customer-300'`);
  await rewrap(await openRing(), async () => {
    expect(await keks()).toEqual(['new']);
  });
  expect(await retire('old')).toBe(true);
  file.pop();
  const after: (DataKey | undefined)[] = [];
  for (const name of names) after.push(await keys.find(name));
  const lost = names.filter(
    (_, index) => after[index]?.key.equals(before[index]?.key ?? Buffer.of()) !== true,
  );
  expect(lost).toEqual(['customer-300']);
});

test.each([
  ['nothing', ''],
  ['no list', '{}'],
  ['an empty list', '[]'],
  ['a key that is too short', JSON.stringify([{ id: 'a', key: 'c2VjcmV0' }])],
])('a ring of %s is refused, and the refusal repeats none of it', async (_name, text) => {
  const refusal = expect(createKeyRing(async () => text)).rejects;
  await refusal.toThrow(/^bad key ring: /);
  await refusal.not.toThrow(/c2VjcmV0/);
});
