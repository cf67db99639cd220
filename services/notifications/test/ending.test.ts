import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createPool } from '@waymark/database/connect.ts';
import { orderConfirmed } from '@waymark/contracts/orders.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createStreams } from '../src/streams.ts';
import { about, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const CUT_OFF = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'holder'`;

test('a stream ends with the token that opened it, and not before', async () => {
  const exp = Math.ceil(Date.now() / 1000) + 1;
  const authorization = await world.issuer.bearer('ada', 'orders:read', { exp });
  const stream = await world.open(await world.place(), { authorization });
  expect(stream.status).toBe(200);
  expect(await stream.ended).toBe('cleanly');
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000 - 20);
});

test('a stream ends with its token even where garbage is collected while nobody listens', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const ended = createStreams(silentLog).open({
    customerId: 'ada',
    until: new Date(Date.now() + 300),
    response: new ServerResponse(new IncomingMessage(new Socket())),
    async next() {
      await sleep(20);
      collectGarbage();
      return [];
    },
    after: undefined,
    sent: () => undefined,
  });
  expect(await Promise.race([ended, sleep(5000, 'still open', { ref: false })])).toBeUndefined();
});

test('a service that drains ends its streams at once, and is not kept up by them', async () => {
  const orderId = await world.place();
  const streams = [await world.open(orderId), await world.open(orderId)];
  const closed = world.app.server.close();
  expect(await Promise.all(streams.map((stream) => stream.ended))).toEqual(['cleanly', 'cleanly']);
  await closed;
}, 10_000);

test('a stream that begins while the service drains ends at once', async () => {
  const release = Promise.withResolvers<void>();
  world.orders.behaviour = (answer) =>
    void release.promise.then(() => answer.writeHead(200).end('{}'));
  const opening = world.open(randomUUID());
  await eventually(() => world.orders.asked.length === 1);
  const closed = world.app.server.close();
  await eventually(() => !world.app.server.server.listening);
  release.resolve();
  expect(await (await opening).ended).toBe('cleanly');
  await closed;
}, 10_000);

test('clients that leave while their order is looked up take no place', async () => {
  const release = Promise.withResolvers<void>();
  world.orders.behaviour = (answer) =>
    void release.promise.then(() => answer.writeHead(200).end('{}'));
  const leaving = new AbortController();
  const url = `http://127.0.0.1:${String(world.port)}/v1/orders/${randomUUID()}/events`;
  const opening = Array.from({ length: 10 }, () =>
    fetch(url, { headers: { authorization: world.ada }, signal: leaving.signal }),
  );
  await eventually(() => world.orders.asked.length === 10);
  leaving.abort();
  await Promise.allSettled(opening);
  release.resolve();
  const orderId = await world.place();
  for (let count = 0; count < 10; count += 1)
    await eventually(async () => (await world.open(orderId)).status === 200, 2000);
});

test('a stream whose feed breaks in the middle of a read ends, and the next one has the rest', async () => {
  const orderId = await world.place();
  const first = await world.open(orderId);
  await eventually(() => first.received().length === 1);
  const holder = createPool({ url: world.broker.url, applicationName: 'holder' });
  const client = await holder.connect();
  await client.query('begin; lock table feed_entries in access exclusive mode');
  await eventually(async () => {
    const blocked = `select 1 from pg_stat_activity
      where datname = current_database() and query like 'select id::text%' and wait_event = 'relation'`;
    return (await world.broker.query(blocked)).length > 0;
  });
  await world.broker.query(CUT_OFF);
  expect(await first.ended).toBe('cleanly');
  await client.query('commit');
  client.release();
  await holder.end();
  // The publisher's own connection was cut off too, and may find out only now.
  const record = about(orderConfirmed, orderId);
  await eventually(() => world.publish(record).then(() => true));
  const second = await world.open(orderId, { 'last-event-id': first.lastId() });
  await eventually(() => second.received().length === 1);
  expect([...first.steps(), ...second.steps()]).toEqual(['order-placed', 'order-confirmed']);
});

test('a broker that cuts everybody off costs a client no step', async () => {
  const orderId = await world.place();
  let stream = await world.open(orderId);
  const earlier: string[] = [];
  await eventually(() => stream.received().length === 1);
  await world.broker.query(CUT_OFF);
  const record = about(orderConfirmed, orderId);
  await eventually(() => world.publish(record).then(() => true));
  await eventually(async () => {
    if (stream.hasEnded()) {
      earlier.push(...stream.steps());
      stream = await world.open(orderId, { 'last-event-id': stream.lastId() });
    }
    return stream.steps().includes('order-confirmed');
  });
  expect([...earlier, ...stream.steps()]).toEqual(['order-placed', 'order-confirmed']);
});
