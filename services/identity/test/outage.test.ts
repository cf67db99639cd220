import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { askToken, keySet, setup } from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const AWAY = {
  error: 'temporarily_unavailable',
  error_description: 'try again in a moment',
};

test('while the database is down, a token request is told to try again', async () => {
  await world.line.cut();
  const answer = await askToken(world.app);
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.json()).toEqual(AWAY);
});

test('a database that falls silent keeps a token request waiting for a few seconds at most', async () => {
  expect((await askToken(world.app)).statusCode).toBe(200);
  world.line.silence();
  const startedAt = performance.now();
  const answer = await askToken(world.app);
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual(AWAY);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

test('the service recovers together with its database', async () => {
  await world.line.cut();
  expect((await askToken(world.app)).statusCode).toBe(503);
  await world.line.mend();
  await eventually(async () => (await askToken(world.app)).statusCode === 200);
});

test('the published keys need no database', async () => {
  const before = await keySet(world.app);
  await world.line.cut();
  expect(await keySet(world.app)).toEqual(before);
});

test('the service is ready only while its database answers', async () => {
  await world.app.checks.database?.();
  await world.line.cut();
  await expect(world.app.checks.database?.()).rejects.toThrow();
});

test('without a database the service does not start', async () => {
  const databaseUrl = `postgres://nobody@127.0.0.1:${String(await freePort())}/nowhere`;
  await expect(world.start({ databaseUrl })).rejects.toThrow();
});

test('a mistake of ours is logged, and the caller learns nothing of it', async () => {
  const logged: unknown[] = [];
  const log = Object.create(silentLog, {
    error: { value: (fields: unknown) => logged.push(fields) },
  }) as Log;
  const app = await world.start({ log });
  await world.database.query('alter table clients rename to clientele');
  const answer = await askToken(app);
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toMatchObject({ error: 'server_error' });
  expect(answer.body).not.toContain('clients');
  expect(logged).toEqual([
    expect.objectContaining({ route: 'token', err: expect.any(Error) as unknown }),
  ]);
});
