/**
 * How partitions change hands on the embedded log, where membership is a connection: what its end means, at a
 * goodbye, at a loss, and for a member that did not notice.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { totalLag } from '../src/event-log.ts';
import { numbers, setup, valuesOf, withoutRepetitions } from './log-under-test.ts';
import { createBroker, logIn } from './postgres-setup.ts';

let broker: TestDatabase;
beforeAll(async () => {
  broker = await createBroker();
});
afterAll(() => broker.drop());

const MEMBERS = 'select pid from pg_stat_activity where application_name = $1';
const membersOf = async (group: string) =>
  broker.query<{ pid: number }>(MEMBERS, [`group ${group}`]);

test('the partitions of a member that leaves are taken over without waiting for the next look', async () => {
  await using world = await setup(async () => logIn(broker), 2);
  for (const round of numbers(3)) {
    const leaver = world.join(world.group);
    await world.publish(...numbers(8).map((key) => ({ key: String(key) })));
    await eventually(
      async () => totalLag(await world.eventLog.lag(world.group, [world.topic])) === 0,
    );
    const heir = world.join(world.group);
    await eventually(async () => (await membersOf(world.group)).length === 2);
    await leaver.stop();
    const left = performance.now();
    await world.publish(...numbers(8).map((key) => ({ key: String(key), value: String(round) })));
    await eventually(() => heir.handled.length === 8);
    // A look comes once in 1000 ms.
    expect(performance.now() - left).toBeLessThan(700);
    await heir.stop();
  }
});

test('a member no longer counts when it tells the others that it leaves', async () => {
  await using world = await setup(async () => logIn(broker), 1);
  const others = new pg.Client({ connectionString: broker.url });
  await others.connect();
  await others.query(`listen "group ${world.group}"`);
  // Its connection lives on for a moment, which not every look is quick enough to see.
  for (const round of numbers(20)) {
    const member = world.join(world.group);
    await world.publish({ key: String(round) });
    await eventually(() => member.handled.length > 0);
    const notified = new Promise((resolve) => others.once('notification', resolve));
    const counted = notified.then(() => others.query(MEMBERS, [`group ${world.group}`]));
    await member.stop();
    expect((await counted).rowCount).toBe(0);
  }
  await others.end();
});

test('a partition changes hands only when the records in hand are done', async () => {
  await using world = await setup(async () => logIn(broker), 2);
  const first = world.joinHolding(world.group);
  await world.publish(...numbers(16).map((key) => ({ key: String(key) })));
  await eventually(() => first.begun() === 2);
  const [member] = await membersOf(world.group);
  const second = world.join(world.group);
  /** When the second last asked for a partition that it cannot have. */
  const asked = async () => {
    const rows = await broker.query<{ at: Date }>(
      `select query_start as at from pg_stat_activity where application_name = $1 and pid <> $2
         and query like '%pg_try_advisory_lock%'`,
      [`group ${world.group}`, member?.pid],
    );
    return rows[0]?.at.getTime() ?? 0;
  };
  let earlier = 0;
  await eventually(async () => {
    earlier = await asked();
    return earlier > 0;
  });
  await eventually(async () => (await asked()) > earlier);
  await world.publish(...numbers(16).map((key) => ({ key: String(key) })));
  expect(second.handled).toEqual([]);
  first.letGo();
  const handled = () => [...first.handled, ...second.handled];
  await eventually(() => withoutRepetitions(handled()).length === 32);
  expect(second.handled.length).toBeGreaterThan(0);
  expect(handled()).toHaveLength(32);
});

test('a member that lost its session does not join again while it has a record in hand', async () => {
  await using world = await setup(async () => logIn(broker), 1);
  const member = world.joinHolding(world.group);
  await world.publish({ value: 'a' });
  await eventually(() => member.begun() === 1);
  const [session] = await membersOf(world.group);
  await broker.query('select pg_terminate_backend($1)', [session?.pid]);
  // Longer than the pause before it connects again; that something stays away has no other sign.
  await sleep(600);
  expect(member.begun()).toBe(1);
  member.letGo();
  await eventually(async () => {
    const lag = await world.eventLog.lag(world.group, [world.topic]);
    return totalLag(lag) === 0;
  });
  expect(valuesOf(member.handled)).toEqual(['a', 'a']);
});

test('a member whose session ends loses its partitions, cannot commit on them any more, and joins again', async () => {
  await using world = await setup(async () => logIn(broker), 1);
  const holder = world.joinHolding(world.group);
  await world.publish({ value: 'a' });
  await eventually(() => holder.begun() === 1);
  await world.publish({ value: 'b' });
  const committed = async () => {
    const [lag] = await world.eventLog.lag(world.group, [world.topic]);
    return lag?.committed;
  };
  await eventually(async () => (await membersOf(world.group)).length === 1);
  const [session] = await membersOf(world.group);
  await eventually(async () => {
    const locks = await broker.query(
      `select 1 from pg_locks where locktype = 'advisory' and pid = $1`,
      [session?.pid],
    );
    return locks.length === 1;
  });
  const heir = world.join(world.group);
  await eventually(async () => (await membersOf(world.group)).length === 2);
  await broker.query('select pg_terminate_backend($1)', [session?.pid]);
  await eventually(() => heir.handled.length === 2);
  await eventually(async () => (await committed()) === 2);

  holder.letGo();
  await eventually(() => holder.handled.length > 0);
  await eventually(async () => (await membersOf(world.group)).length === 2);
  expect(valuesOf(holder.handled)).toEqual(['a']);
  expect(await committed()).toBe(2);
  await heir.stop();
  await world.publish({ value: 'c' });
  await eventually(() => holder.handled.length === 2);
  expect(valuesOf(holder.handled)).toEqual(['a', 'c']);
});
