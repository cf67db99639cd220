/**
 * What the KeyValue port promises of values, rate limits and locks, to be run on every adapter; single flight is
 * in single-flight.suite.ts. Keys have names of their own, so one server is enough.
 */
import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import type { Lock } from '../src/key-value.ts';
import { numbers, setup, type OpenStore } from './store-under-test.ts';

export function keyValueSuite(name: string, open: OpenStore): void {
  test(`${name}: what one client sets another gets, until it is deleted`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    expect(await keyValue.get(key)).toBeUndefined();
    await keyValue.set(key, '1');
    await keyValue.set(key, '{"text":"\\u0000 🏔️ \' $1"}');
    const other = world.connect();
    expect(await other.get(key)).toBe('{"text":"\\u0000 🏔️ \' $1"}');
    await other.delete(key);
    await other.delete(key);
    expect(await keyValue.get(key)).toBeUndefined();
    await keyValue.check();
  });

  test(`${name}: any text is a key, and no two are the same`, async () => {
    await using world = await setup(open);
    const long = 'x'.repeat(10_000);
    const ends = ['', ' ', '\0', '\ud800', '\udfff', 'é', 'e\u0301', '%', '🏕️', long, `${long}x`];
    const keys = ends.map((end) => `${world.key}${end}`);
    for (const [index, key] of keys.entries()) await world.keyValue.set(key, String(index));
    const values = await Promise.all(keys.map((key) => world.keyValue.get(key)));
    expect(values).toEqual(keys.map((_, index) => String(index)));
  });

  test(`${name}: a value is gone when its time is over, and setting it anew gives it another`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    const began = performance.now();
    await keyValue.set(key, '1', { ttlMs: 300 });
    await keyValue.set(`${key}-kept`, '1', { ttlMs: 300 });
    await keyValue.set(`${key}-kept`, '2');
    expect(await keyValue.get(key)).toBe('1');
    await eventually(async () => (await keyValue.get(key)) === undefined);
    expect(performance.now() - began).toBeGreaterThanOrEqual(299);
    expect(await keyValue.get(`${key}-kept`)).toBe('2');
  });

  test(`${name}: of many who compare and set at once one wins`, async () => {
    await using world = await setup(open);
    const { key } = world;
    const clients = [world.keyValue, world.connect()];
    let expected: string | undefined;
    for (const round of ['a', 'b', 'c']) {
      const tries = numbers(20).map(async (number) => {
        const value = `"${round}${String(number)}"`;
        const won = await clients[number % 2]?.compareAndSet(key, { expected, value });
        return won === true ? [value] : [];
      });
      const winners = (await Promise.all(tries)).flat();
      expect(winners).toHaveLength(1);
      [expected] = winners;
      expect(await world.keyValue.get(key)).toBe(expected);
    }
  });

  test(`${name}: a value that has expired compares as none`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    expect(await keyValue.compareAndSet(key, { expected: '1', value: '2' })).toBe(false);
    await keyValue.compareAndSet(key, { expected: undefined, value: '1', ttlMs: 100 });
    expect(await keyValue.compareAndSet(key, { expected: undefined, value: '2' })).toBe(false);
    await eventually(async () => (await keyValue.get(key)) === undefined);
    expect(await keyValue.compareAndSet(key, { expected: '1', value: '2' })).toBe(false);
    expect(await keyValue.compareAndSet(key, { expected: undefined, value: '3' })).toBe(true);
    expect(await keyValue.get(key)).toBe('3');
  });

  test(`${name}: a bucket gives its capacity and no token more, whatever clients ask at once`, async () => {
    await using world = await setup(open);
    const clients = [world.keyValue, world.connect(), world.connect()];
    // Too slow to refill within the test.
    const bucket = { capacity: 30, refillPerSecond: 0.001 };
    const taken = await Promise.all(
      clients.flatMap((client) => numbers(30).map(() => client.takeTokens(world.key, bucket))),
    );
    const allowed = taken.filter((answer) => answer.allowed);
    expect(allowed.map((answer) => answer.remaining).sort((a, b) => a - b)).toEqual(numbers(30));
    const refused = taken.find((answer) => !answer.allowed);
    expect(refused).toMatchObject({ remaining: 0 });
    expect(refused?.retryAfterSeconds).toBeGreaterThan(900);
    expect(refused?.resetSeconds).toBeGreaterThan(29_000);
    expect(await world.keyValue.takeTokens(`${world.key}-other`, bucket)).toMatchObject({
      allowed: true,
      remaining: 29,
    });
  });

  test(`${name}: a bucket refills evenly and never above its capacity`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    const bucket = { capacity: 4, refillPerSecond: 10 };
    const first = await keyValue.takeTokens(key, bucket, 4);
    expect(first).toEqual({ allowed: true, remaining: 0, resetSeconds: 1, retryAfterSeconds: 0 });
    const began = performance.now();
    await eventually(async () => (await keyValue.takeTokens(key, bucket, 2)).allowed);
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(100);
    // Full for long, were there no limit to it.
    await eventually(() => performance.now() - began > tookMs + 1000);
    expect(await keyValue.takeTokens(key, bucket)).toMatchObject({ allowed: true, remaining: 3 });
  });

  test(`${name}: a refused request costs nothing`, async () => {
    await using world = await setup(open);
    const bucket = { capacity: 3, refillPerSecond: 0.001 };
    await world.keyValue.takeTokens(world.key, bucket, 2);
    const refused = await world.keyValue.takeTokens(world.key, bucket, 2);
    expect(refused).toMatchObject({ allowed: false, remaining: 1 });
    const last = await world.keyValue.takeTokens(world.key, bucket);
    expect(last).toMatchObject({ allowed: true, remaining: 0 });
  });

  test.each([
    [4, { capacity: 3, refillPerSecond: 1 }],
    [0, { capacity: 3, refillPerSecond: 1 }],
    [1, { capacity: 3, refillPerSecond: 0 }],
    [1, { capacity: NaN, refillPerSecond: 1 }],
  ])(`${name}: %j tokens of a bucket of %j are refused as a mistake`, async (tokens, bucket) => {
    await using world = await setup(open);
    await expect(world.keyValue.takeTokens(world.key, bucket, tokens)).rejects.toThrow(RangeError);
  });

  test(`${name}: a lock has one holder of many who ask, and the next one's token is higher`, async () => {
    await using world = await setup(open);
    const clients = [world.keyValue, world.connect()];
    const tokens: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const asked = clients.flatMap((client) =>
        numbers(5).map(() => client.lock(world.key, 60_000)),
      );
      const held = (await Promise.all(asked)).filter((lock) => lock !== undefined);
      expect(held).toHaveLength(1);
      tokens.push(held[0]?.token ?? 0);
      await held[0]?.release();
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
    expect(await world.keyValue.get(world.key)).toBeUndefined();
  });

  test(`${name}: tokens grow along the holders even where many take and release at once`, async () => {
    await using world = await setup(open);
    const clients = [world.keyValue, world.connect(), world.connect()];
    // What the lock protects: it keeps the highest token it saw, and would refuse a lower one.
    const seen: number[] = [];
    await Promise.all(
      numbers(12).map(async (number) => {
        for (let held = 0; held < 15;) {
          const lock = await clients[number % 3]?.lock(world.key, 60_000);
          if (lock === undefined) continue;
          seen.push(lock.token);
          held += 1;
          await lock.release();
        }
      }),
    );
    expect(seen).toHaveLength(180);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test(`${name}: a lock lapses, and its old holder can neither extend nor release it`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    const first = await keyValue.lock(key, 200);
    const other = world.connect();
    expect(await other.lock(key, 60_000)).toBeUndefined();
    let second: Lock | undefined;
    await eventually(async () => {
      second = await other.lock(key, 60_000);
      return second !== undefined;
    });
    expect(second?.token).toBeGreaterThan(first?.token ?? Infinity);
    expect(await first?.extend(60_000)).toBe(false);
    await first?.release();
    expect(await keyValue.lock(key, 60_000)).toBeUndefined();
  });

  test(`${name}: a lock that is extended is held for longer, and one that has lapsed is not`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    const began = performance.now();
    const lock = await keyValue.lock(key, 300);
    expect(await lock?.extend(900)).toBe(true);
    await eventually(async () => (await keyValue.lock(key, 100)) !== undefined);
    expect(performance.now() - began).toBeGreaterThanOrEqual(899);
    const lapsing = await keyValue.lock(`${key}-lapsing`, 20);
    const lapsed = performance.now() + 100;
    await eventually(() => performance.now() > lapsed);
    expect(await lapsing?.extend(60_000)).toBe(false);
  });
}
