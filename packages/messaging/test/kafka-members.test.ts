/** What a member of a group on Kafka does with slow and failing records, and when another one dies or freezes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startKafka, type KafkaContainer } from '@waymark/testing/kafka-container.ts';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { totalLag } from '../src/event-log.ts';
import { logIn, LONG_MS, START_MS } from './kafka-setup.ts';
import { numbers, setup } from './log-under-test.ts';
import { startMember } from './member-process.ts';

const KEYS = numbers(24).map((number) => `key-${String(number)}`);
const round = (value: string) => KEYS.map((key) => ({ key, value }));

describeWithDocker('members of a group on Kafka', () => {
  let kafka: KafkaContainer;
  beforeAll(async () => {
    kafka = await startKafka();
  }, START_MS);
  afterAll(() => kafka.stop());
  const open = async () => logIn(kafka.url);

  test(
    'order of each key holds over three processes of which one is killed, and nothing is skipped',
    async () => {
      await using world = await setup(open, 6);
      const { url, group, topic } = world;
      const lines: string[] = [];
      const members = numbers(3).map(() =>
        startMember({ url, group, topic }, (line) => lines.push(line)),
      );
      let rounds = 0;
      await eventually(async () => {
        await world.publish(...round(String(rounds++)));
        return members.every(({ handled }) => handled.length > 0);
      }, 30_000);
      members[0]?.child.kill('SIGKILL');
      const killedAt = performance.now();
      for (const step of numbers(20)) {
        await world.publish(...round(String(rounds + step)));
        await sleep(50);
      }
      rounds += 20;
      const distinct = () => [...new Set(lines)];
      await eventually(() => distinct().length === rounds * KEYS.length, 30_000);
      // The session's time-out, and what joining and the work that had piled up take on a busy machine.
      expect(performance.now() - killedAt).toBeLessThan(6000 + 6000);
      for (const key of KEYS) {
        const values = distinct().filter((line) => line.startsWith(`${key}:`));
        expect(values).toEqual(numbers(rounds).map((value) => `${key}:${String(value)}`));
      }
      for (const { child } of members.slice(1)) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    },
    LONG_MS,
  );

  test(
    'a handler that takes longer than the session costs neither the membership nor a second handling',
    async () => {
      await using world = await setup(open, 6);
      const begun: string[] = [];
      const use = async ({ key, value }: { key: string; value: string }) => {
        if (value !== 'joining') begun.push(`${key}:${value}`);
        if (key === 'key-0' && value === '0') await sleep(9000);
      };
      const members = [world.join(world.group, use), world.join(world.group, use)];
      // First the group settles: a join shares the partitions anew, and what is in hand then comes again.
      await eventually(async () => {
        await world.publish(...round('joining'));
        return members.every((member) => member.handled.length > 0);
      }, 30_000);
      await world.publish(...round('0'));
      await eventually(() => begun.includes('key-0:0'));
      const handled = () =>
        members.flatMap((member) => member.handled).filter(({ value }) => value !== 'joining');
      await world.publish(...round('1'));
      await eventually(() => handled().length >= 24);
      expect(handled().some(({ key }) => key === 'key-0')).toBe(false);
      await eventually(() => handled().length === 48, 20_000);
      expect(begun.filter((line) => line === 'key-0:0')).toHaveLength(1);
      expect(begun).toHaveLength(48);
    },
    LONG_MS,
  );

  test(
    'a member that was frozen past its session undoes nothing of those that took over, and joins again',
    async () => {
      await using world = await setup(open, 6);
      const { url, group, topic } = world;
      const frozen = startMember({ url, group, topic });
      for (const value of numbers(20)) await world.publish(...round(String(value)));
      await eventually(() => frozen.handled.length > 20);
      frozen.child.kill('SIGSTOP');
      const survivor = world.join(world.group);
      const behind = async () => totalLag(await world.eventLog.lag(world.group, [world.topic]));
      await eventually(async () => (await behind()) === 0, 20_000);
      const before = frozen.handled.length;
      frozen.child.kill('SIGCONT');
      // Until the group has shared the partitions anew; meanwhile the lag must not grow by a commit from before.
      let rounds = 20;
      await eventually(async () => {
        const lags = await behind();
        expect(lags).toBeLessThanOrEqual(KEYS.length);
        if (lags === 0) await world.publish(...round(String(rounds++)));
        return frozen.handled.length > before + 2 * KEYS.length;
      }, 20_000);
      await eventually(async () => (await behind()) === 0);
      const handled = new Set([
        ...frozen.handled,
        ...survivor.handled.map(({ key, value }) => `${key}:${value}`),
      ]);
      expect(handled.size).toBe(rounds * KEYS.length);
      frozen.child.kill('SIGKILL');
      await once(frozen.child, 'close');
    },
    LONG_MS,
  );

  test(
    'a record that always fails holds up its own partition only, and does not keep the member from leaving',
    async () => {
      await using world = await setup(open, 6);
      let attempts = 0;
      let poisoned = -1;
      const member = world.join(world.group, async ({ value, partition }) => {
        if (value !== 'poison') return;
        poisoned = partition;
        attempts += 1;
        throw new Error('never');
      });
      await world.publish({ key: 'key-0', value: 'poison' });
      await eventually(() => attempts > 1);
      for (const value of ['a', 'b']) {
        await world.publish(...round(value));
        await eventually(() => {
          const partitions = member.handled.filter((record) => record.value === value);
          return new Set(partitions.map(({ partition }) => partition)).size === 5;
        });
      }
      const earlier = attempts;
      await eventually(() => attempts > earlier);
      await member.stop();
      const lags = await world.eventLog.lag(world.group, [world.topic]);
      expect(lags.filter(({ committed, end }) => committed < end)).toEqual([
        expect.objectContaining({ partition: poisoned, committed: 0 }),
      ]);
    },
    LONG_MS,
  );

  test(
    'a member that has nothing to do lets its process sleep',
    async () => {
      await using world = await setup(open, 6);
      const member = world.join(world.group);
      await world.publish({});
      await eventually(() => member.handled.length === 1);
      const before = process.resourceUsage().voluntaryContextSwitches;
      await sleep(1000);
      const wakeUps = process.resourceUsage().voluntaryContextSwitches - before;
      // A timer of a millisecond makes about 900; fetches, heartbeats and commits about 100.
      expect(wakeUps).toBeLessThan(400);
    },
    LONG_MS,
  );
});
