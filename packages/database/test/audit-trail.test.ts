import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import type { Kysely } from 'kysely';
import { createChainCheck, recordAct, runOn, type AuditRow } from '../src/audit-trail.ts';
import { connectDatabase } from '../src/connect.ts';

let database: TestDatabase;
let db: Kysely<object>;
beforeEach(async () => {
  database = await createTestDatabase(new URL('audit-migrations/', import.meta.url));
  // One for each act below: waiting for a connection has a deadline of its own.
  db = connectDatabase({ url: database.url, applicationName: 'test', maxConnections: 20 });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const now = new Date('2026-03-01T10:00:00.123Z');
const record = (object: string) =>
  db.transaction().execute((tx) => {
    const act = { actor: 'sam', act: 'refund', object, details: { cents: 100 } };
    return recordAct(runOn(tx), act, now);
  });

async function verdict() {
  const rows = await database.query(
    'select seq::float8 as seq, at, actor, act, object, details, previous, hash from audit_trail order by seq',
  );
  const chain = createChainCheck();
  return { broken: chain.check(rows as unknown as AuditRow[]), head: chain.head() };
}

async function recordFive(): Promise<void> {
  for (const object of ['a', 'b', 'c', 'd', 'e']) await record(`order:${object}`);
}

test('acts that are recorded at the same moment form one chain, without a gap', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => record(`order:${String(index)}`)));
  const { broken, head } = await verdict();
  expect(broken).toBeUndefined();
  expect(head.seq).toBe(20);
});

test('an act that is undone leaves no row', async () => {
  await record('order:a');
  const failed = db.transaction().execute(async (tx) => {
    await recordAct(runOn(tx), { actor: 'sam', act: 'refund', object: 'order:b' }, now);
    throw new Error('the act failed');
  });
  await expect(failed).rejects.toThrow('the act failed');
  await record('order:c');
  expect(await verdict()).toMatchObject({ broken: undefined, head: { seq: 2 } });
});

const swap = `update audit_trail set
  actor = other.actor, act = other.act, object = other.object, details = other.details, at = other.at
  from audit_trail other where audit_trail.seq in (2, 3) and other.seq = 5 - audit_trail.seq`;

test.each([
  {
    what: 'changed',
    damage: `update audit_trail set actor = 'eve' where seq = 3`,
    broken: { seq: 3, why: 'is not what was written' },
  },
  {
    what: 'dated back',
    damage: `update audit_trail set at = at - interval '1 ms' where seq = 2`,
    broken: { seq: 2, why: 'is not what was written' },
  },
  {
    what: 'removed',
    damage: 'delete from audit_trail where seq = 3',
    broken: { seq: 3, why: 'is missing' },
  },
  {
    what: 'removed at the start',
    damage: 'delete from audit_trail where seq = 1',
    broken: { seq: 1, why: 'is missing' },
  },
  {
    what: 'put in another order',
    damage: swap,
    broken: { seq: 2, why: 'is not what was written' },
  },
  {
    what: 'removed, with the others moved up',
    damage: `delete from audit_trail where seq = 3; update audit_trail set seq = -seq where seq > 3;
      update audit_trail set seq = -seq - 1 where seq < 0`,
    broken: { seq: 3, why: 'does not follow the row before it' },
  },
])('a row that is $what is found', async ({ damage, broken }) => {
  await recordFive();
  await database.query(damage);
  expect((await verdict()).broken).toEqual(broken);
});

test('a chain whose end was cut off still fits: its last hash alone tells', async () => {
  await recordFive();
  const { head } = await verdict();
  await database.query('delete from audit_trail where seq > 3');
  const after = await verdict();
  expect(after.broken).toBeUndefined();
  expect(after.head.hash).not.toBe(head.hash);
});
