/** The suites of the port on Redis, and what a user with the least rights may do there. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { startRedis, type RedisContainer } from '@waymark/testing/redis-container.ts';
import type { KeyValue } from '../src/key-value.ts';
import { openKeyValue } from '../src/open.ts';
import { keyValueSuite } from './key-value.suite.ts';
import { singleFlightSuite } from './single-flight.suite.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** As docs/decisions/0009-redis-adapters.md gives them out. */
const rightsOf = (client: string) =>
  `resetkeys ~kv:${client}:* resetchannels -@all +client|setname +ping +get +set +del +eval +evalsha +exists +time +hmget +hset +pexpire`;

describeWithDocker('KeyValue on Redis', () => {
  let redis: RedisContainer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis.stop());

  async function open(): Promise<StoreUnderTest> {
    const clients: KeyValue[] = [];
    return {
      connect() {
        const client = openKeyValue({ url: redis.url, client: 'test', log: silentLog });
        clients.push(client);
        return client;
      },
      async close() {
        await Promise.all(clients.map((client) => client.close()));
      },
    };
  }

  keyValueSuite('redis', open);
  singleFlightSuite('redis', open);

  test('the user of a service can do its work, and touches no keys of another', async () => {
    for (const user of ['catalog', 'gateway'])
      await redis.cli('ACL', 'SETUSER', user, 'on', '>secret', ...rightsOf(user).split(' '));
    await redis.cli('ACL', 'LOG', 'RESET');
    const connect = (client: string) =>
      openKeyValue({
        url: `redis://catalog:secret@${redis.host}:${String(redis.port)}`,
        client,
        log: silentLog,
      });
    const bucket = { capacity: 1, refillPerSecond: 1 };
    const work = (keyValue: KeyValue) => [
      () => keyValue.check(),
      () => keyValue.get('key'),
      () => keyValue.set('key', '1', { ttlMs: 60_000 }),
      () => keyValue.compareAndSet('key', { expected: '1', value: '2' }),
      () => keyValue.compareAndSet('key', { expected: undefined, value: '2' }),
      () => keyValue.takeTokens('key', bucket),
      () => keyValue.singleFlight('other key', 60_000, async () => '1'),
      async () => {
        const lock = await keyValue.lock('key', 60_000);
        await lock?.extend(60_000);
        await lock?.release();
      },
      () => keyValue.delete('key'),
    ];
    const own = connect('catalog');
    for (const call of work(own)) await call();
    expect(await redis.cli('ACL', 'LOG')).toBe('');
    const foreign = connect('gateway');
    const [check, ...thefts] = work(foreign);
    await check?.();
    for (const theft of thefts) await expect(theft()).rejects.toThrow('NOPERM');
    await Promise.all([own.close(), foreign.close()]);
  });
});
