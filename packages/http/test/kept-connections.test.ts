/** What becomes of connections that callers keep: they end in time for new replicas, and before a drain cuts them. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { Server } from '../src/server-type.ts';
import { createServer } from '../src/server.ts';

const CONNECTION_MS = 1000;

let server: Server;
let pool: Pool;
let closing: PromiseWithResolvers<void>;
beforeEach(async () => {
  closing = Promise.withResolvers<void>();
  server = createServer({
    log: silentLog,
    metrics: createMetrics('test'),
    connectionMs: CONNECTION_MS,
    idleSeconds: 3,
  });
  server.get('/', () => ({}));
  server.addHook('preClose', () => closing.promise);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  pool = new Pool(`http://127.0.0.1:${String(port)}`, { connections: 1 });
});
afterEach(async () => {
  closing.resolve();
  await pool.close();
  await server.close();
});

async function ask() {
  const { statusCode, headers, body } = await pool.request({ method: 'GET', path: '/' });
  await body.dump();
  return { statusCode, connection: headers.connection };
}

test('what comes on a kept connection while the server closes is answered, as its last', async () => {
  expect(await ask()).toMatchObject({ statusCode: 200, connection: 'keep-alive' });
  const closed = server.close();
  expect(await ask()).toEqual({ statusCode: 200, connection: 'close' });
  closing.resolve();
  await closed;
});

test('a kept connection ends when it is old, so that the next may lead to another replica', async () => {
  expect((await ask()).connection).toBe('keep-alive');
  const openedAt = performance.now();
  await eventually(async () => (await ask()).connection === 'close');
  expect(performance.now() - openedAt).toBeGreaterThan(CONNECTION_MS / 3);
  expect((await ask()).connection).toBe('keep-alive');
});

test('a caller ends a connection that it does not use, long before the server would', async () => {
  const open = () =>
    new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count)));
  await ask();
  expect(await open()).toBe(1);
  expect(await eventually(async () => (await open()) === 0)).toBe(true);
});
