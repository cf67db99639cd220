import { expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { currentContext, runInContext } from '@waymark/telemetry/context.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { sql } from 'kysely';
import { fromRecord, outgoing, toRecord } from '../src/event.ts';
import { addToOutbox } from '../src/outbox.ts';
import { noted } from './service-setup.ts';
import { recordOfNote, setup } from './inbox-setup.ts';

test('the same event twice takes effect once, also when both come at once', async () => {
  await using world = await setup();
  const twice = recordOfNote('twice');
  await world.inbox.receive(twice);
  await world.inbox.receive({ ...twice, offset: 9 });
  const atOnce = recordOfNote('at once');
  await Promise.all([1, 2, 3].map(() => world.inbox.receive(atOnce)));
  expect(await world.effects()).toEqual(['at once', 'twice']);
});

test('an effect is undone with the id of its event, and takes place when the event comes again', async () => {
  let broken = true;
  await using world = await setup(async (tx, { note }) => {
    await tx.insertInto('effects').values({ note }).execute();
    if (broken)
      await tx.executeQuery(sql`select pg_terminate_backend(pg_backend_pid())`.compile(tx));
  });
  const record = recordOfNote('a');
  await expect(world.inbox.receive(record)).rejects.toThrow();
  expect(await world.effects()).toEqual([]);
  expect(await world.database.query('select 1 from inbox')).toEqual([]);
  broken = false;
  await world.inbox.receive(record);
  expect(await world.effects()).toEqual(['a']);
});

test('events that come while others are handled share a transaction, and one that fails undoes no other', async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const transactions = new Map<string, string>();
  await using world = await setup(async (tx, { note }) => {
    if (note === 'first') {
      begun.resolve();
      await gate.promise;
    }
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx);
    transactions.set(note, rows[0]?.id ?? '');
    if (note === 'bug') throw new TypeError('a bug of the handler');
    await tx.insertInto('effects').values({ note }).execute();
  });
  const receiveAll = (notes: string[]) =>
    Promise.all(notes.map((note) => world.inbox.receive(recordOfNote(note))));
  const first = world.inbox.receive(recordOfNote('first'));
  await begun.promise;
  const together = receiveAll(['a', 'b']);
  gate.resolve();
  await Promise.all([first, together]);
  expect(transactions.get('a')).toBe(transactions.get('b'));
  expect(transactions.get('a')).not.toBe(transactions.get('first'));

  await receiveAll(['c', 'bug', 'd']);
  expect(await world.effects()).toEqual(['a', 'b', 'c', 'd', 'first']);
  expect(await world.letters()).toMatchObject([{ reason: 'a bug of the handler', attempts: 5 }]);
});

test('events of one partition share a transaction in their order, and what fails makes those behind it wait', async () => {
  const calls: string[] = [];
  const transactions = new Set<string>();
  await using world = await setup(async (tx, { note }) => {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx);
    transactions.add(rows[0]?.id ?? '');
    calls.push(note);
    if (note === 'bug') throw new TypeError('a bug of the handler');
    await tx.insertInto('effects').values({ note }).execute();
  });
  const receive = (...notes: string[]) =>
    world.inbox.receive(...notes.map((note) => recordOfNote(note)));
  await receive('c', 'a', 'b');
  expect(calls).toEqual(['c', 'a', 'b']);
  expect(transactions.size).toBe(1);
  expect(world.commits()).toBe(1);

  calls.length = 0;
  await receive('d', 'bug', 'e');
  expect(await world.effects()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await world.letters()).toMatchObject([{ reason: 'a bug of the handler', attempts: 5 }]);
  expect(calls.lastIndexOf('bug')).toBeLessThan(calls.indexOf('e'));
});

test('a record that nothing could handle does not hold up those around it', async () => {
  await using world = await setup();
  const broken = { ...recordOfNote('b'), value: '{"note":7}' };
  await world.inbox.receive(recordOfNote('a'), broken, recordOfNote('c'));
  expect(await world.effects()).toEqual(['a', 'c']);
  expect(await world.letters()).toMatchObject([{ value: '{"note":7}', attempts: 1 }]);
});

test('where the database goes away in the middle, all come again, and take effect once', async () => {
  let away = true;
  await using world = await setup(async (tx, { note }) => {
    await tx.insertInto('effects').values({ note }).execute();
    if (note === 'b' && away)
      await tx.executeQuery(sql`select pg_terminate_backend(pg_backend_pid())`.compile(tx));
  });
  const records = ['a', 'b', 'c'].map((note) => recordOfNote(note));
  await expect(world.inbox.receive(...records)).rejects.toThrow();
  expect(await world.letters()).toEqual([]);
  away = false;
  await world.inbox.receive(...records);
  await world.inbox.receive(...records);
  expect(await world.effects()).toEqual(['a', 'b', 'c']);
});

test('an event of a type without a handler is passed over', async () => {
  await using world = await setup();
  const record = recordOfNote('a');
  record.headers.ce_type = 'waymark.orders.unheard-of.v1';
  await world.inbox.receive(record);
  expect(await world.effects()).toEqual([]);
  expect(await world.letters()).toEqual([]);
});

test('a database that is away rejects the record and makes no dead letter of it', async () => {
  await using world = await setup();
  const away = await setup(async (tx) => {
    await tx.executeQuery(sql`select pg_terminate_backend(pg_backend_pid())`.compile(tx));
  });
  const error: unknown = await away.inbox
    .receive(recordOfNote('a'))
    .catch((thrown: unknown) => thrown);
  expect(isUnavailable(error)).toBe(true);
  expect(await away.letters()).toEqual([]);
  await away[Symbol.asyncDispose]();

  const outage = world.inboxAt('postgres://nobody@127.0.0.1:1/nothing');
  await expect(outage.receive(recordOfNote('b'))).rejects.toThrow('ECONNREFUSED');
  expect(await world.letters()).toEqual([]);
});

test('an event goes to its handler through the log, and one that cannot be handled does not stop the next', async () => {
  let calls = 0;
  await using world = await setup(async (tx, { note }) => {
    if (note === 'bug') calls += 1;
    if (note === 'bug') throw new TypeError('a bug of the handler');
    await tx.insertInto('effects').values({ note }).execute();
  });
  await world.eventLog.publish([recordOfNote('bug'), recordOfNote('next')]);
  world.start();
  await eventually(async () => (await world.effects()).length === 1);
  // Five attempts of its own, after the one in which the two shared a transaction.
  expect(calls).toBe(6);
  expect(await world.effects()).toEqual(['next']);
  expect(await world.letters()).toMatchObject([{ reason: 'a bug of the handler', attempts: 5 }]);
});

test('what an event causes carries its trace, its correlation and its id as the cause', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await using world = await setup(async (tx, { note }) => {
    expect(currentContext()).toBeDefined();
    await addToOutbox(tx, 'test', [outgoing(noted, 'order-1', { note: `after ${note}` })]);
  });
  const cause = runInContext({ traceparent, correlationId: 'checkout-7' }, () => recordOfNote('a'));
  await world.inbox.receive(cause);
  const [row] = await world.database.query<{ headers: Record<string, string>; value: string }>(
    'select headers, value from outbox',
  );
  const event = fromRecord({ topic: noted.topic, key: 'order-1', headers: {}, value: '', ...row });
  expect(event).toMatchObject({
    type: noted.type,
    source: '/waymark/test',
    subject: 'order-1',
    data: { note: 'after a' },
    traceparent,
    correlationId: 'checkout-7',
    causationId: cause.headers.ce_id,
  });
  expect(event.id).not.toBe(cause.headers.ce_id);
  expect(world.commits()).toBe(1);
});

test('an event that nothing caused begins a correlation of its own, by its subject', () => {
  const record = toRecord(outgoing(noted, 'order-1', { note: 'a' }), 'test');
  expect(record).toMatchObject({ key: 'order-1', headers: { correlationid: 'order-1' } });
  expect(record.headers.causationid).toBeUndefined();
});

test('an event that is too large for the log is refused with the change that it tells of', () => {
  const tell = (length: number) =>
    toRecord(outgoing(noted, 'order-1', { note: 'n'.repeat(length) }), 'test');
  expect(() => tell(900_000)).toThrow(RangeError);
  expect(tell(800_000).value).toHaveLength('{"note":""}'.length + 800_000);
});
