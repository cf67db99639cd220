/** The suites of the port on the embedded adapter, and what is its own: the sweep, the crash, the lost server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { openLine } from '@waymark/testing/line.ts';
import type { KeyValue } from '../src/key-value.ts';
import { openKeyValue } from '../src/open.ts';
import { openPostgresKeyValue } from '../src/postgres-key-value.ts';
import { keyValueSuite } from './key-value.suite.ts';
import { singleFlightSuite } from './single-flight.suite.ts';
import { numbers, setup, type StoreUnderTest } from './store-under-test.ts';

let broker: TestDatabase;
beforeAll(async () => {
  broker = await createTestDatabase(new URL('../../messaging/migrations/', import.meta.url));
});
afterAll(() => broker.drop());

async function open(): Promise<StoreUnderTest> {
  const clients = new Set<KeyValue>();
  return {
    connect() {
      const client = openKeyValue({ url: broker.url, client: 'test', log: silentLog });
      clients.add(client);
      return {
        ...client,
        async close() {
          clients.delete(client);
          await client.close();
        },
      };
    },
    async close() {
      await Promise.all([...clients].map((client) => client.close()));
    },
  };
}

keyValueSuite('postgres', open);
singleFlightSuite('postgres', open);

test('what has expired is swept out, all else stays', async () => {
  await using world = await setup(open);
  const { keyValue, key } = world;
  await Promise.all(numbers(50).map((n) => keyValue.set(`${key}${String(n)}`, '1', { ttlMs: 1 })));
  await keyValue.set(`${key}-kept`, '1');
  await keyValue.set(`${key}-fresh`, '1', { ttlMs: 60_000 });
  await keyValue.takeTokens(key, { capacity: 1, refillPerSecond: 1000 });
  await keyValue.takeTokens(`${key}-fresh`, { capacity: 1, refillPerSecond: 0.001 });
  await keyValue.lock(key, 1);
  await keyValue.lock(`${key}-fresh`, 60_000);
  const sweeping = openPostgresKeyValue({
    url: broker.url,
    client: 'test',
    log: silentLog,
    sweepEveryMs: 20,
  });
  sweeping.start();
  const left = async () => {
    const rows = await broker.query<{ key: string }>(
      `select key from (select key from key_values union all select key from token_buckets
         union all select key from locks) as all_rows where key like '%' || $1 || '%' order by 1`,
      [key],
    );
    return rows.map((row) => row.key.replace(key, ''));
  };
  await eventually(async () => (await left()).length === 4);
  expect((await left()).sort()).toEqual(['-fresh', '-fresh', '-kept', 'lock -fresh']);
  await sweeping.stop();
  await sweeping.close();
});

test('a server that forgot its locks still gives higher tokens', async () => {
  await using world = await setup(open);
  const first = await world.keyValue.lock(world.key, 60_000);
  // What the recovery from a crash does to unlogged tables.
  await broker.query('truncate key_values, token_buckets, locks');
  const second = await world.keyValue.lock(world.key, 60_000);
  expect(second?.token).toBeGreaterThan(first?.token ?? Infinity);
  expect(await first?.extend(60_000)).toBe(false);
  const persistence = await broker.query<{ of: string; is: string }>(
    `select relname as of, relpersistence as is from pg_class
     where relname in ('key_values', 'token_buckets', 'locks', 'fencing_tokens') order by 1`,
  );
  expect(persistence.map((row) => `${row.of} ${row.is}`)).toEqual([
    'fencing_tokens p',
    'key_values u',
    'locks u',
    'token_buckets u',
  ]);
});

test('every method says that the store is unavailable where it is, and works when it is back', async () => {
  const line = await openLine(broker.url);
  const keyValue = openKeyValue({ url: line.url, client: 'test', log: silentLog });
  await keyValue.set('outage', '1');
  await line.cut();
  const calls = [
    () => keyValue.get('outage'),
    () => keyValue.set('outage', '1'),
    () => keyValue.delete('outage'),
    () => keyValue.compareAndSet('outage', { expected: undefined, value: '1' }),
    () => keyValue.takeTokens('outage', { capacity: 1, refillPerSecond: 1 }),
    () => keyValue.singleFlight('outage', 1000, async () => '1'),
    () => keyValue.lock('outage', 1000),
    () => keyValue.check(),
  ];
  for (const call of calls) {
    const failure: unknown = await call().catch((error: unknown) => error);
    expect(isUnavailable(failure)).toBe(true);
  }
  await line.mend();
  // A connection from before the cut may be the first to be used.
  await eventually(async () => (await keyValue.get('outage')) === '1');
  await keyValue.close();
  await line.cut();
});

test('a store that was never there, or answers nothing, is unavailable too', async () => {
  const nowhere = `postgres://nobody@127.0.0.1:${String(await freePort())}/nothing`;
  const line = await openLine(broker.url);
  const silent = openKeyValue({ url: line.url, client: 'test', log: silentLog });
  await silent.get('silent');
  line.silence();
  const absent = openKeyValue({ url: nowhere, client: 'test', log: silentLog });
  for (const keyValue of [absent, silent]) {
    const failure: unknown = await keyValue.get('any').catch((error: unknown) => error);
    expect(isUnavailable(failure)).toBe(true);
  }
  await line.cut();
  await Promise.all([absent.close(), silent.close()]);
});

test('a store at an address of no known kind is refused by name', () => {
  const options = { url: 'memcached://127.0.0.1/', client: 'test', log: silentLog };
  expect(() => openKeyValue(options)).toThrow(
    'no adapter for memcached:// (known: postgres, redis)',
  );
});
