import { expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import type { EventLog } from '../src/event-log.ts';
import { outboxAgeSeconds } from '../src/outbox.ts';
import { createRelay } from '../src/relay.ts';
import { setupService } from './service-setup.ts';

type Publish = EventLog['publish'];

async function setup() {
  const service = await setupService();
  return {
    ...service,
    /** A replica's relay; `around` is what happens to its publishing on the way to the log. */
    startRelay(around: (publish: Publish) => Publish = (publish) => publish) {
      const { eventLog, database } = service;
      const relay = createRelay({
        databaseUrl: database.url,
        eventLog: { ...eventLog, publish: around(eventLog.publish) },
        log: silentLog,
      });
      service.atEnd(relay.stop);
      relay.start();
      return relay;
    },
    /** The server's process id of the session that holds the relays' lock. */
    async holder() {
      const rows = await service.database.query<{ pid: number }>(
        `select pid from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and application_name = 'relay' and datname = current_database()`,
      );
      return rows[0]?.pid;
    },
  };
}

const notes = (count: number) => Array.from({ length: count }, (_, index) => String(index));

test('what the outbox holds is published in order and taken out', async () => {
  await using world = await setup();
  await world.addNotes(...notes(1100));
  expect(await outboxAgeSeconds(world.db)).toBeGreaterThan(0);
  world.startRelay();
  await eventually(async () => (await world.waiting()) === 0);
  expect((await world.published()).notes).toEqual(notes(1100));
  expect(await outboxAgeSeconds(world.db)).toBe(0);
});

test('a relay that dies between publish and delete leaves rows that are sent again with the same ids', async () => {
  await using world = await setup();
  await world.addNotes('a', 'b');
  const died = Promise.withResolvers<void>();
  const relay = world.startRelay((publish) => async (records) => {
    await publish(records);
    died.resolve();
    throw new Error('the connection broke before the answer came');
  });
  await died.promise;
  await relay.stop();
  expect(await world.waiting()).toBe(2);
  const before = (await world.published()).ids;
  world.startRelay();
  await eventually(async () => (await world.waiting()) === 0);
  const { ids } = await world.published();
  expect(ids).toEqual([...before, ...before.slice(0, 2)]);
  expect(new Set(ids).size).toBe(2);
});

test('a relay that is stopped takes out what it has published', async () => {
  await using world = await setup();
  await world.addNotes('a', 'b');
  const stopped = Promise.withResolvers<unknown>();
  const relay = world.startRelay((publish) => async (records) => {
    await publish(records);
    stopped.resolve(relay.stop());
  });
  await stopped.promise;
  expect(await world.waiting()).toBe(0);
});

test('events stay in the outbox while the log takes none, and go when it does', async () => {
  await using world = await setup();
  await world.addNotes('a');
  let refused = 0;
  world.startRelay((publish) => async (records) => {
    refused += 1;
    if (refused <= 2) throw new Error('the log is away');
    await publish(records);
  });
  await eventually(() => refused === 1);
  expect(await world.waiting()).toBe(1);
  await eventually(async () => (await world.waiting()) === 0);
  expect((await world.published()).notes).toEqual(['a']);
});

test('of two relays one publishes, each event once', async () => {
  await using world = await setup();
  const publishers = new Set<number>();
  for (const replica of [1, 2])
    world.startRelay((publish) => async (records) => {
      publishers.add(replica);
      await publish(records);
    });
  for (const note of notes(30)) await world.addNotes(note);
  await eventually(async () => (await world.waiting()) === 0);
  expect((await world.published()).notes).toEqual(notes(30));
  expect(publishers.size).toBe(1);
});

test('when the session of the active relay ends another takes over, and the first can delete nothing', async () => {
  await using world = await setup();
  const inHand = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const frozen = world.startRelay((publish) => async (records) => {
    inHand.resolve();
    await gate.promise;
    await publish(records);
  });
  await eventually(async () => (await world.holder()) !== undefined);
  const first = await world.holder();
  await world.addNotes('a');
  frozen.wake();
  await inHand.promise;
  world.startRelay();
  await world.database.query('select pg_terminate_backend($1)', [first]);
  await eventually(async () => (await world.waiting()) === 0);
  expect((await world.published()).notes).toEqual(['a']);

  // It wakes up, publishes what it had in hand once more, and is an ordinary replica again.
  gate.resolve();
  await eventually(async () => (await world.published()).notes.length === 2);
  await world.addNotes('b');
  await eventually(async () => (await world.waiting()) === 0);
  const { notes, ids } = await world.published();
  expect(notes).toEqual(['a', 'a', 'b']);
  expect(new Set(ids).size).toBe(2);
});

test('a wake-up in one replica reaches the active relay in another, long before it polls', async () => {
  await using world = await setup();
  world.startRelay();
  await eventually(async () => (await world.holder()) !== undefined);
  const standby = world.startRelay();
  await eventually(async () => {
    const sessions = await world.database.query(
      `select 1 from pg_stat_activity where application_name = 'relay'
         and datname = current_database() and query like '%pg_try_advisory_lock%' and state = 'idle'`,
    );
    return sessions.length > 0;
  });
  for (const note of notes(5)) {
    const began = performance.now();
    await world.addNotes(note);
    standby.wake();
    await eventually(async () => (await world.waiting()) === 0);
    // The poll comes once in 1000 ms.
    expect(performance.now() - began).toBeLessThan(600);
  }
});
