/** What KeyValue does while Redis is away, slow, empty, or refuses: it says so soon, and comes back by itself. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startFaultProxy } from '@waymark/testing/fault-proxy.ts';
import { startRedis, type RedisContainer } from '@waymark/testing/redis-container.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeyValue } from '../src/open.ts';
import { MAX_IN_FLIGHT } from '../src/redis-connection.ts';
import { numbers } from './store-under-test.ts';

/** A call's time-out, and what a busy machine adds. */
const BOUND_MS = 2500;
const bucket = { capacity: 1000, refillPerSecond: 0.001 };

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describeWithDocker('KeyValue while Redis fails', () => {
  let redis: RedisContainer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis.stop());

  function connect(port = redis.port, log = silentLog) {
    const url = `redis://${redis.host}:${String(port)}`;
    const keyValue = openKeyValue({ url, client: 'test', log });
    return Object.assign(keyValue, { [Symbol.asyncDispose]: keyValue.close });
  }

  async function connectThroughProxy(log?: Log) {
    const proxy = await startFaultProxy(redis);
    const keyValue = connect(proxy.port, log);
    await eventually(() => keyValue.check());
    return {
      proxy,
      keyValue,
      async [Symbol.asyncDispose]() {
        await keyValue.close();
        await proxy.close();
      },
    };
  }

  test('a server that has forgotten everything, its scripts too, costs time and no truth', async () => {
    await using keyValue = connect();
    await keyValue.set('cached', '1');
    await keyValue.takeTokens('taken', bucket, 1000);
    const before = await keyValue.lock('held', 60_000);
    await redis.cli('SCRIPT', 'FLUSH');
    expect(await keyValue.takeTokens('taken', bucket)).toMatchObject({ allowed: false });
    await redis.cli('FLUSHALL');
    await redis.cli('SCRIPT', 'FLUSH');
    const after = await keyValue.lock('held', 60_000);
    expect(after?.token).toBeGreaterThan(before?.token ?? Infinity);
    expect(await before?.extend(60_000)).toBe(false);
    await before?.release();
    expect(await keyValue.lock('held', 60_000)).toBeUndefined();
    expect(await keyValue.singleFlight('cached', 60_000, async () => '2')).toBe('2');
    expect(await keyValue.takeTokens('taken', bucket)).toMatchObject({ remaining: 999 });
  });

  test('a restart is an outage to those who call meanwhile, and over when the server is back', async () => {
    await using keyValue = connect();
    await keyValue.check();
    let restarting = true;
    const failures: unknown[] = [];
    const load = numbers(20).map(async (number) => {
      while (restarting) {
        const failure = await failureOf(keyValue.takeTokens(`restart-${String(number)}`, bucket));
        if (failure !== undefined) failures.push(failure);
        await sleep(5);
      }
    });
    await redis.restart().finally(() => (restarting = false));
    await Promise.all(load);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((failure) => !isUnavailable(failure))).toEqual([]);
    await eventually(() => keyValue.check());
    expect(await keyValue.takeTokens('restarted', bucket)).toMatchObject({ allowed: true });
  });

  test.each(['cut', 'stall'] as const)(
    'a connection that is lost by %s is an outage to every method, soon',
    async (fault) => {
      await using world = await connectThroughProxy();
      const { keyValue, proxy } = world;
      const held = await keyValue.lock(`${fault}-held`, 60_000);
      proxy[fault]();
      const calls = [
        () => keyValue.get('outage'),
        () => keyValue.set('outage', '1'),
        () => keyValue.delete('outage'),
        () => keyValue.compareAndSet('outage', { expected: undefined, value: '1' }),
        () => keyValue.compareAndSet('outage', { expected: '1', value: '1' }),
        () => keyValue.takeTokens('outage', bucket),
        () => keyValue.singleFlight('outage', 1000, async () => '1'),
        () => keyValue.lock('outage', 1000),
        () => held?.extend(1000) ?? Promise.resolve(),
        () => held?.release() ?? Promise.resolve(),
        () => keyValue.check(),
      ];
      const began = performance.now();
      const failures = await Promise.all(calls.map((call) => failureOf(call())));
      expect(performance.now() - began).toBeLessThan(BOUND_MS);
      expect(failures.map((failure) => isUnavailable(failure))).toEqual(calls.map(() => true));
      proxy.heal();
      await eventually(() => keyValue.check());
    },
  );

  test('a server that was never there, or never answers, is an outage too', async () => {
    await using proxy = await startFaultProxy(redis);
    proxy.stall();
    for (const port of [await freePort(), proxy.port]) {
      await using keyValue = connect(port);
      const began = performance.now();
      expect(isUnavailable(await failureOf(keyValue.get('any')))).toBe(true);
      expect(performance.now() - began).toBeLessThan(BOUND_MS);
    }
  });

  test('a client that is closed before it is connected leaves nobody waiting', async () => {
    const keyValue = connect();
    const failure = failureOf(keyValue.get('any'));
    await keyValue.close();
    expect(isUnavailable(await failure)).toBe(true);
  });

  test('one outage is one line in the log, and so is its end', async () => {
    const lines: string[] = [];
    const write = (level: string) => (_object: unknown, message: string) =>
      lines.push(`${level} ${message}`);
    const log = { ...silentLog, warn: write('warn'), info: write('info') } as unknown as Log;
    await using world = await connectThroughProxy(log);
    for (let outage = 0; outage < 2; outage += 1) {
      world.proxy.cut();
      for (let call = 0; call < 50; call += 1) {
        await failureOf(world.keyValue.get('any'));
        await sleep(10);
      }
      world.proxy.heal();
      await eventually(() => world.keyValue.check());
    }
    const outage = ['warn Redis is away', 'info Redis is back'];
    expect(lines).toEqual([...outage, ...outage]);
  });

  test('more calls than a silent server is granted are refused at once', async () => {
    await using world = await connectThroughProxy();
    world.proxy.stall();
    const waiting = numbers(MAX_IN_FLIGHT).map(() => failureOf(world.keyValue.get('any')));
    const refused = await failureOf(world.keyValue.get('any'));
    expect([String(refused), isUnavailable(refused)]).toEqual([
      'Error: Redis: too many commands wait',
      true,
    ]);
    await Promise.all(waiting);
  });

  test('a server that is full, or became a replica, passes; a value of another kind is a bug', async () => {
    await using keyValue = connect();
    await redis.cli('CONFIG', 'SET', 'maxmemory', '1');
    expect(isUnavailable(await failureOf(keyValue.set('any', '1')))).toBe(true);
    await redis.cli('CONFIG', 'SET', 'maxmemory', '0');
    await redis.cli('REPLICAOF', '127.0.0.1', '1');
    expect(isUnavailable(await failureOf(keyValue.takeTokens('any', bucket)))).toBe(true);
    await redis.cli('REPLICAOF', 'NO', 'ONE');
    await eventually(() => keyValue.set('any', '1'));
    await redis.cli('LPUSH', 'kv:test:value:list', '1');
    const failure = await failureOf(keyValue.get('list'));
    expect([String(failure), isUnavailable(failure)]).toEqual([
      expect.stringContaining('WRONGTYPE'),
      false,
    ]);
  });
});
