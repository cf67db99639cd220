/** What the Feed port promises, to be run on every adapter. Feeds have names of their own, so one server is enough. */
import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Feed, FeedEntry } from '../src/feed.ts';

export interface FeedUnderTest {
  /** One more client that listens, whose feeds keep `length` entries. */
  connect(length?: number): Feed;
  close(): Promise<void>;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const valuesOf = (entries: FeedEntry[]) => entries.map(({ value }) => value);

async function setup(open: () => Promise<FeedUnderTest>, length?: number) {
  const { connect, close } = await open();
  const feed = connect(length);
  const name = `feed-${randomUUID()}`;
  return {
    connect,
    feed,
    name,
    append: (value: string) => feed.append(name, { key: value, value }),
    now: (after?: string) => feed.read(name, { after, limit: 1000, waitMs: 0 }),
    [Symbol.asyncDispose]: close,
  };
}

export function feedSuite(adapter: string, open: () => Promise<FeedUnderTest>): void {
  test(`${adapter}: a reader resumes after the id it saw last`, async () => {
    await using world = await setup(open);
    const values = [...numbers(11), '{"c":"🏕️ \\" \'"}'];
    for (const value of values) await world.append(value);
    const all = await world.now();
    expect(valuesOf(all)).toEqual(values);
    expect(await world.now(all[0]?.id)).toEqual(all.slice(1));
    expect(await world.now(all.at(-1)?.id)).toEqual([]);
    const page = { after: all[5]?.id, limit: 4, waitMs: 0 };
    expect(await world.feed.read(world.name, page)).toEqual(all.slice(6, 10));
    await world.feed.check();
  });

  test(`${adapter}: the same key twice is one entry, and feeds know nothing of each other`, async () => {
    await using world = await setup(open);
    await world.append('a');
    await Promise.all(numbers(5).map(() => world.append('a')));
    await world.feed.append(`${world.name}-other`, { key: 'a', value: 'of the other' });
    expect(valuesOf(await world.now())).toEqual(['a']);
  });

  test(`${adapter}: a feed keeps its newest entries, and repetitions push none of them out`, async () => {
    await using world = await setup(open, 5);
    for (const value of numbers(9)) await world.append(value);
    const kept = await world.now();
    expect(valuesOf(kept)).toEqual(['4', '5', '6', '7', '8']);
    for (const value of valuesOf(kept)) await world.append(value);
    await world.append('9');
    expect(valuesOf(await world.now())).toEqual(['5', '6', '7', '8', '9']);
  });

  test(`${adapter}: a reader that waits is woken by another client's entry, and does not find it by looking again`, async () => {
    await using world = await setup(open);
    await world.append('0');
    const other = world.connect();
    const tookMs: number[] = [];
    for (const value of ['1', '2', '3']) {
      const [last] = (await world.now()).slice(-1);
      const reading = world.feed.read(world.name, { after: last?.id, limit: 9, waitMs: 9000 });
      await other.append(world.name, { key: value, value });
      const appended = performance.now();
      expect(valuesOf(await reading)).toEqual([value]);
      tookMs.push(performance.now() - appended);
    }
    // The first wait may have begun before its client listened. A look comes once in 1000 ms.
    expect(Math.max(...tookMs.slice(1))).toBeLessThan(600);
  });

  test(`${adapter}: a wait ends after the time it was given, and not before`, async () => {
    await using world = await setup(open);
    const began = performance.now();
    expect(await world.feed.read(world.name, { limit: 1, waitMs: 150 })).toEqual([]);
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThanOrEqual(149);
    expect(tookMs).toBeLessThan(5000);
  });

  test(`${adapter}: an aborted reader is answered at once`, async () => {
    await using world = await setup(open);
    const aborting = new AbortController();
    const options = { limit: 1, waitMs: 20_000, signal: aborting.signal };
    const began = performance.now();
    const reading = world.feed.read(world.name, options);
    aborting.abort();
    expect(await reading).toEqual([]);
    expect(await world.feed.read(world.name, options)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test.each(['x', '-1', '1.5', '', ' 1', '1e3', '9'.repeat(30), "1'; drop table feeds"])(
    `${adapter}: an id that no feed gives out is refused: %j`,
    async (after) => {
      await using world = await setup(open);
      await expect(world.now(after)).rejects.toThrow(TypeError);
    },
  );

  test(`${adapter}: a reader that goes on after its last id sees every entry of many writers`, async () => {
    await using world = await setup(open, 1000);
    const writers = numbers(4).map((writer) => ({ writer, feed: world.connect(1000) }));
    const writing = Promise.all(
      writers.map(async ({ writer, feed }) => {
        for (const step of numbers(30))
          await feed.append(world.name, { key: `${writer}/${step}`, value: `${writer}/${step}` });
      }),
    );
    const seen: FeedEntry[] = [];
    while (seen.length < 120) {
      const after = seen.at(-1)?.id;
      const entries = await world.feed.read(world.name, { after, limit: 7, waitMs: 5000 });
      if (entries.length === 0) break;
      seen.push(...entries);
    }
    await writing;
    expect(new Set(valuesOf(seen)).size).toBe(120);
    expect(seen).toHaveLength(120);
  });
}
