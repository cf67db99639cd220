import { expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createSession, type Session, type SessionOptions } from '../src/session.ts';

const migrations = new URL('../../messaging/migrations/', import.meta.url);
/** Longer than any test: a wait that ends before was ended. */
const NEVER_MS = 60_000;

async function setup(body: SessionOptions['body'], options: Partial<SessionOptions> = {}) {
  const database = await createTestDatabase(migrations);
  const session = createSession({
    url: database.url,
    applicationName: 'watched',
    channels: ['First channel', 'second'],
    log: silentLog,
    body,
    ...options,
  });
  session.start();
  const pids = async () => {
    const rows = await database.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'watched' and datname = current_database()`,
    );
    return rows.map(({ pid }) => pid);
  };
  return {
    ...session,
    query: database.query,
    pids,
    kill: async () => {
      for (const pid of await pids())
        await database.query('select pg_terminate_backend($1)', [pid]);
    },
    async [Symbol.asyncDispose]() {
      await session.stop();
      await database.drop();
    },
  };
}

const waitOn = async (session: Session, signal: AbortSignal) => {
  while (!signal.aborted) await session.wait(NEVER_MS);
};

test('a session that is lost is begun anew on a fresh connection, and its lock is free for others meanwhile', async () => {
  const held: boolean[] = [];
  await using world = await setup(async (session, signal) => {
    const lock = await session.query<{ held: boolean }>('select pg_try_advisory_lock(7) as held');
    held.push(lock[0]?.held === true);
    await waitOn(session, signal);
  });
  await eventually(() => held.length === 1);
  const [first] = await world.pids();
  await world.kill();
  await eventually(() => held.length === 2);
  expect(held).toEqual([true, true]);
  const [second, ...others] = await world.pids();
  expect(second).not.toBe(first);
  expect(others).toEqual([]);
});

test('a loss while the body is busy elsewhere shows at its next wait or query', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const outcomes: unknown[] = [];
  let bodies = 0;
  await using world = await setup(async (session, signal) => {
    const gate = gates[bodies++];
    if (gate === undefined) return waitOn(session, signal);
    await gate.promise;
    await (bodies === 1 ? session.wait(NEVER_MS) : session.query('select 1')).catch(
      (error: unknown) => {
        outcomes.push(error);
        throw error;
      },
    );
  });
  for (const [index, gate] of gates.entries()) {
    await eventually(async () => bodies === index + 1 && (await world.pids()).length === 1);
    await world.kill();
    await eventually(async () => (await world.pids()).length === 0);
    gate.resolve();
  }
  await eventually(() => bodies === 3);
  expect(outcomes).toHaveLength(2);
});

test('notifications arrive with their channel, and none is lost between two waits', async () => {
  const heard: string[] = [];
  const busy = Promise.withResolvers<void>();
  let listening = false;
  await using world = await setup(async (session, signal) => {
    listening = true;
    await busy.promise;
    while (!signal.aborted) {
      await session.wait(NEVER_MS);
      for (const { channel, payload } of session.takeNotifications())
        heard.push(`${channel}: ${payload ?? ''}`);
    }
  });
  await eventually(() => listening);
  await world.query(`select pg_notify('First channel', 'a')`);
  await world.query(`select pg_notify('elsewhere', 'b')`);
  busy.resolve();
  await eventually(() => heard.length === 1);
  await world.query(`select pg_notify('second', 'c')`);
  await eventually(() => heard.length === 2);
  expect(heard).toEqual(['First channel: a', 'second: c']);
});

test('a wait says whether it was woken, also when that was before it began', async () => {
  const outcomes: boolean[] = [];
  const gate = Promise.withResolvers<void>();
  let begun = false;
  await using world = await setup(async (session, signal) => {
    begun = true;
    await gate.promise;
    outcomes.push(await session.wait(NEVER_MS), await session.wait(1));
    await waitOn(session, signal);
  });
  await eventually(() => begun);
  world.wake();
  gate.resolve();
  await eventually(() => outcomes.length === 2);
  expect(outcomes).toEqual([true, false]);
});

test('the server ends a session that says nothing past its idle time-out', async () => {
  let bodies = 0;
  await using world = await setup(
    async (session, signal) => {
      bodies += 1;
      await waitOn(session, signal);
    },
    { idleTimeoutMs: 100 },
  );
  await eventually(() => bodies >= 2);
  expect((await world.pids()).length).toBeLessThanOrEqual(1);
});

test('a body that throws begins anew, and queries of one session keep their order', async () => {
  const seen: number[] = [];
  let bodies = 0;
  await using world = await setup(async (session, signal) => {
    bodies += 1;
    const queries = [3, 1, 2].map(async (number) => {
      const rows = await session.query<{ number: number }>(
        `select ${String(number)} as number, pg_sleep(${String(number / 100)})`,
      );
      seen.push(rows[0]?.number ?? 0);
    });
    await Promise.all(queries);
    if (bodies === 1) await session.query('select nonsense');
    await waitOn(session, signal);
  });
  await eventually(() => seen.length === 6);
  expect(seen).toEqual([3, 1, 2, 3, 1, 2]);
  expect(await world.pids()).toHaveLength(1);
});

test('stopping ends the wait and the connection', async () => {
  await using world = await setup(waitOn);
  await eventually(async () => (await world.pids()).length === 1);
  await world.stop();
  await eventually(async () => (await world.pids()).length === 0);
});

test('a server that is away is asked again soon at first, then less often, and at least once a second', async () => {
  const askedAt: number[] = [];
  const server = createServer((socket) => {
    askedAt.push(performance.now());
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const session = createSession({
    url: `postgres://nobody@127.0.0.1:${String((server.address() as AddressInfo).port)}/nothing`,
    applicationName: 'test',
    channels: [],
    log: silentLog,
    body: waitOn,
  });
  session.start();
  await eventually(() => askedAt.length === 6, 10_000);
  const stopping = performance.now();
  await session.stop();
  // Well below the shortest pause that it could have been in.
  expect(performance.now() - stopping).toBeLessThan(250);
  server.close();
  const pauses = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
  const [first = 0, ...later] = pauses;
  expect(first).toBeLessThan(450);
  for (const pause of later.slice(1)) {
    expect(pause).toBeGreaterThanOrEqual(490);
    expect(pause).toBeLessThan(1500);
  }
}, 15_000);
