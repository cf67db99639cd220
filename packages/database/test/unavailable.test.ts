/** Which errors mean "try again": real ones, from a server and from the lack of one, and a table of codes. */
import { expect, test } from '@jest/globals';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { sql } from 'kysely';
import { createServer } from 'node:net';
import pg from 'pg';
import { connectDatabase, createPool } from '../src/connect.ts';
import { isUnavailable } from '../src/unavailable.ts';

const migrations = new URL('../../messaging/migrations/', import.meta.url);

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.each([
  ['08006', 'connection failure'],
  ['25006', 'read-only, as a primary is that was demoted'],
  ['40001', 'serialization failure'],
  ['40P01', 'deadlock'],
  ['53300', 'too many connections'],
  ['53100', 'disk full'],
  ['55P03', 'lock not available'],
  ['57014', 'statement time-out'],
  ['57P01', 'admin shutdown'],
  ['57P03', 'starting up'],
  ['58030', 'I/O error'],
])('SQLSTATE %s (%s) passes', (code) => {
  const error = Object.assign(new pg.DatabaseError('x', 1, 'error'), { code });
  expect(isUnavailable(error)).toBe(true);
});

test.each([
  ['23505', 'unique violation'],
  ['23514', 'check violation'],
  ['22021', 'NUL character'],
  ['42601', 'syntax error'],
  ['42P01', 'undefined table'],
  ['42501', 'permission denied'],
  ['28P01', 'wrong password'],
  ['55000', 'wrong state'],
  ['P0001', 'raised by a function'],
])('SQLSTATE %s (%s) never gets better', (code) => {
  const error = Object.assign(new pg.DatabaseError('x', 1, 'error'), { code });
  expect(isUnavailable(error)).toBe(false);
});

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UNAVAILABLE',
])('a connection that breaks with %s passes, also as one of several tries', (code) => {
  const error = Object.assign(new Error('x'), { code });
  expect(isUnavailable(error)).toBe(true);
  expect(isUnavailable(new AggregateError([new Error('y'), error]))).toBe(true);
});

test('a bug is not an outage', () => {
  for (const error of [
    new TypeError('x is undefined'),
    'text',
    undefined,
    null,
    new AggregateError([]),
    { code: 7 },
  ])
    expect(isUnavailable(error)).toBe(false);
});

test('what the pool and a real server say of an outage is recognised', async () => {
  const database = await createTestDatabase(migrations);
  const db = connectDatabase({
    url: database.url,
    applicationName: 'test',
    statementTimeoutMs: 100,
  });
  const run = (text: string) => failureOf(sql.raw(text).execute(db));
  expect(isUnavailable(await run('select pg_terminate_backend(pg_backend_pid())'))).toBe(true);
  expect(isUnavailable(await run('select pg_sleep(5)'))).toBe(true);
  expect(isUnavailable(await run('select 1 / 0'))).toBe(false);
  expect(await run('select 1')).toBeUndefined();
  await db.destroy();
  await database.drop();
});

test('a server that is not there, or takes connections and says nothing, is an outage', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  for (const place of [port, await freePort()]) {
    const url = `postgres://nobody@127.0.0.1:${String(place)}/none`;
    const pool = createPool({ url, applicationName: 'test' });
    expect(isUnavailable(await failureOf(pool.query('select 1')))).toBe(true);
    await pool.end();
  }
  silent.close();
});

test('a pool that waits too long for a free connection says so as an outage', async () => {
  const database = await createTestDatabase(migrations);
  const pool = createPool({ url: database.url, applicationName: 'test', maxConnections: 1 });
  const only = await pool.connect();
  expect(isUnavailable(await failureOf(pool.query('select 1')))).toBe(true);
  only.release();
  await pool.end();
  await database.drop();
});
