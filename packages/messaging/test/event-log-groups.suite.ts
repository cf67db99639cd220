/**
 * What the EventLog port promises of consumer groups, to be run on every adapter: shares, take-over from
 * members that leave and from members that are killed, and order and completeness through all of it.
 */
import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { totalLag } from '../src/event-log.ts';
import { numbers, setup, valuesByKey, withoutRepetitions, type OpenLog } from './log-under-test.ts';
import { startMember } from './member-process.ts';

const PATIENCE_MS = 20_000;
const KEYS = numbers(16).map((number) => `key-${String(number)}`);

/** One record of each key, all with the same value. */
const round = (value: string) => KEYS.map((key) => ({ key, value }));

export function eventLogGroupsSuite(name: string, open: OpenLog): void {
  test(`${name}: the members of a group share its partitions, and another group gets everything too`, async () => {
    await using world = await setup(open);
    const members = numbers(2).map(() => world.join(world.group));
    const other = world.join(`${world.group}-other`);
    let rounds = 0;
    // Until each has a share; what comes before that may all go to the first.
    await eventually(async () => {
      await world.publish(...round(String(rounds++)));
      await sleep(50);
      return members.every(({ handled }) => handled.length > 0);
    }, PATIENCE_MS);
    const total = rounds * KEYS.length;
    const ofGroup = () => withoutRepetitions(members.flatMap(({ handled }) => handled));
    await eventually(() => ofGroup().length === total, PATIENCE_MS);
    await eventually(() => withoutRepetitions(other.handled).length === total, PATIENCE_MS);

    const before = members.map(({ handled }) => handled.length);
    await world.publish(...round('settled'));
    await eventually(() => ofGroup().length === total + KEYS.length, PATIENCE_MS);
    const shares = members.map(
      ({ handled }, index) =>
        new Set(handled.slice(before[index]).map(({ partition }) => partition)),
    );
    expect(shares[0]?.isDisjointFrom(shares[1] ?? new Set())).toBe(true);
    expect(shares.every(({ size }) => size > 0)).toBe(true);
  });

  test(`${name}: order holds and nothing is left out while members come and go`, async () => {
    await using world = await setup(open);
    const inOrder: Parameters<Parameters<typeof world.join>[1] & object>[0][] = [];
    const join = () =>
      world.join(world.group, async (record) => {
        inOrder.push(record);
        await sleep(1);
      });
    const members = [join()];
    for (const step of numbers(20)) {
      await world.publish(...round(String(step)));
      await sleep(30);
      if (step === 4 || step === 8) members.push(join());
      if (step === 12 || step === 16) await members.shift()?.stop();
    }
    const total = 20 * KEYS.length;
    await eventually(() => withoutRepetitions(inOrder).length === total, PATIENCE_MS);
    for (const values of Object.values(valuesByKey(inOrder)))
      expect(values).toEqual(numbers(20).map(String));
  });

  test(`${name}: when a member stops, another takes over where it was`, async () => {
    await using world = await setup(open);
    const first = world.join(world.group);
    await world.publish(...round('a'));
    await eventually(() => first.handled.length === KEYS.length, PATIENCE_MS);
    const second = world.join(world.group);
    await first.stop();
    await world.publish(...round('b'));
    await eventually(() => second.handled.length === KEYS.length, PATIENCE_MS);
    expect(valuesByKey(second.handled)).toEqual(
      Object.fromEntries(KEYS.map((key) => [key, ['b']])),
    );
  });

  test(`${name}: stopping finishes the records in hand, and begins no others`, async () => {
    await using world = await setup(open, 1);
    const member = world.joinHolding(world.group);
    await world.publish({ value: 'a' });
    await eventually(() => member.begun() === 1, PATIENCE_MS);
    await world.publish({ value: 'b' });
    const stopped = member.stop();
    member.letGo();
    await stopped;
    expect(member.handled.map(({ value }) => value)).toEqual(['a']);
    expect(totalLag(await world.eventLog.lag(world.group, [world.topic]))).toBe(1);
  });

  test(`${name}: when a member is killed its partitions move, and nothing is skipped`, async () => {
    await using world = await setup(open);
    const member = startMember({ url: world.url, group: world.group, topic: world.topic });
    await world.publish(...round('0'), ...round('1'));
    await eventually(() => member.handled.length > 5, PATIENCE_MS);
    const survivor = world.join(world.group);
    await world.publish(...round('2'), ...round('3'));
    member.child.kill('SIGKILL');
    await once(member.child, 'close');
    await world.publish(...round('4'));
    await eventually(
      async () => totalLag(await world.eventLog.lag(world.group, [world.topic])) === 0,
      PATIENCE_MS,
    );
    const handled = new Set([
      ...member.handled,
      ...survivor.handled.map(({ key, value }) => `${key}:${value}`),
    ]);
    expect(handled.size).toBe(5 * KEYS.length);
    expect(survivor.handled.length).toBeGreaterThanOrEqual(KEYS.length);
  });
}
