/** A store that is away or silent costs callers a short wait at most, and is counted. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openKeyValue } from '@waymark/storage/open.ts';
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { openLine, type Line } from '@waymark/testing/line.ts';
import { limits } from '../src/limits.ts';
import { brokerMigrations } from './limits-setup.ts';
import { setup, type World } from './setup.ts';

let broker: TestDatabase;
let line: Line;
let world: World;
let logged: string[];
beforeEach(async () => {
  broker = await createTestDatabase(brokerMigrations);
  line = await openLine(broker.url);
  logged = [];
  const keyValue = openKeyValue({ url: line.url, client: 'gateway', log: silentLog });
  world = await setup({
    rateLimits: { limits, keyValue, scale: 1, waitMs: 50 },
    log: logTo(logged),
  });
});
afterEach(async () => {
  await line.cut();
  await world.stop();
  await broker.drop();
});

/** A log that keeps its warnings' messages; Fastify asks for a child of it for each request. */
function logTo(messages: string[]): Log {
  const log: Log = Object.create(silentLog) as Log;
  log.warn = (...said: unknown[]) => messages.push(String(said.at(-1)));
  return log;
}

async function unchecked(): Promise<number> {
  const text = await world.metrics.metrics();
  const found = /rate_limit_decisions_total\{.*decision="unchecked".*\} (\d+)/.exec(text);
  return Number(found?.[1] ?? 0);
}

async function askTen() {
  const asked = Array.from({ length: 10 }, () => world.ask('/v1/products'));
  return (await Promise.all(asked)).map(({ status, headers }) => [status, headers.ratelimit]);
}

test('while the store is away requests pass without headers, are counted, and the log says so once', async () => {
  await line.cut();
  expect(await askTen()).toEqual(Array(10).fill([200, undefined]));
  expect(await askTen()).toEqual(Array(10).fill([200, undefined]));
  expect(await unchecked()).toBe(20);
  expect(logged.filter((text) => text.includes('without a look at their limits'))).toHaveLength(1);
});

test('a store that says nothing holds requests up for a moment only', async () => {
  line.silence();
  const began = performance.now();
  expect(await askTen()).toEqual(Array(10).fill([200, undefined]));
  expect(performance.now() - began).toBeLessThan(1000);
  expect(await unchecked()).toBe(10);
});

test('limits hold again when the store is back', async () => {
  await line.cut();
  await world.ask('/v1/products');
  await line.mend();
  await eventually(async () => {
    const { headers } = await world.ask('/v1/products');
    expect(headers['ratelimit-policy']).toBe('"public";q=200;w=20');
  });
});

test('the gateway is ready without the store', () => {
  expect(world.app.checks).toEqual({});
});
