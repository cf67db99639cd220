/** Waiting for a database that is away and comes back, behind a proxy that cuts the line. */
import { expect, test } from '@jest/globals';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startFaultProxy } from '@waymark/testing/fault-proxy.ts';
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { waitForDatabase } from '../src/wait-for-database.ts';

const migrations = new URL('../../messaging/migrations/', import.meta.url);

async function setup() {
  const database = await createTestDatabase(migrations);
  const url = new URL(database.url);
  const proxy = await startFaultProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const lines: string[] = [];
  const log = {
    ...silentLog,
    warn: (_details: object, line: string) => lines.push(line),
    info: (line: string) => lines.push(line),
  } as unknown as Log;
  return {
    url,
    proxy,
    log,
    lines,
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await database.drop();
    },
  };
}

test('it waits for a database that is away, says so once, and goes on when it is there', async () => {
  await using world = await setup();
  world.proxy.cut();
  const waiting = waitForDatabase({ url: world.url.href, log: world.log });
  await eventually(() => {
    expect(world.lines).toEqual(['the database is away, waiting for it']);
  });
  world.proxy.heal();
  await waiting;
  expect(world.lines).toEqual(['the database is away, waiting for it', 'the database is there']);
});

test('a password that is wrong is not waited for', async () => {
  await using world = await setup();
  world.url.password = 'wrong';
  await expect(waitForDatabase({ url: world.url.href, log: world.log })).rejects.toMatchObject({
    code: '28P01',
  });
  expect(world.lines).toEqual([]);
});
