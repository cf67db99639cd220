import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { createHolder } from '@waymark/testing/holder.ts';
import { randomUUID } from 'node:crypto';
import { placed, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('an order of another customer is not found, as if it did not exist', async () => {
  const [theirs, nobodys] = [
    await world.get(await world.place('bob')),
    await world.get(randomUUID()),
  ];
  expect(theirs.statusCode).toBe(404);
  expect(theirs.json()).toEqual(nobodys.json());
});

test('an order that was not heard of yet is looked up with the token of the caller', async () => {
  const orderId = randomUUID();
  world.orders.behaviour = (answer) => answer.writeHead(200).end('{}');
  const stream = await world.open(orderId);
  expect(stream.status).toBe(200);
  expect(world.orders.asked).toEqual([`/v1/orders/${orderId} ${world.ada}`]);
  await world.publish(placed(orderId, 'ada'));
  await eventually(() => stream.steps().includes('order-placed'));
});

test('a token that is bound to a key takes its proof along to the orders service', async () => {
  const holder = await createHolder();
  const orderId = randomUUID();
  const token = await world.issuer.bearer('ada', 'orders:read', { cnf: holder.cnf });
  const { origin } = new URL(world.issuer.issuer);
  const headers = await holder.headers(token, { url: `${origin}/v1/orders/${orderId}/events` });
  let proof: unknown;
  world.orders.behaviour = (answer) => {
    proof = answer.req.headers.dpop;
    answer.writeHead(200).end('{}');
  };
  expect((await world.open(orderId, headers)).status).toBe(200);
  expect(proof).toBe(headers.dpop);
  expect(world.orders.asked).toEqual([`/v1/orders/${orderId} ${headers.authorization}`]);
});

test('an order that was heard of needs no question', async () => {
  expect((await world.open(await world.place())).status).toBe(200);
  expect(world.orders.asked).toEqual([]);
});

test('an order that the orders service does not know either is not found', async () => {
  const answer = await world.get(randomUUID());
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ code: 'not-found' });
  expect(world.orders.asked).toHaveLength(1);
});

test('where the orders service gives no answer, the client is asked to come back', async () => {
  const answers = [];
  world.orders.behaviour = (answer) => answer.writeHead(500).end();
  answers.push(await world.get(randomUUID()));
  world.orders.behaviour = (answer) => answer.destroy();
  answers.push(await world.get(randomUUID()));
  await world.orders.stop();
  answers.push(await world.get(randomUUID()));
  for (const answer of answers) {
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
  }
});

test('an orders service that is down does not matter for orders that were heard of', async () => {
  const orderId = await world.place();
  await world.orders.stop();
  expect((await world.open(orderId)).status).toBe(200);
});

test('the eleventh stream of a customer is refused, whoever else has some, until one closes', async () => {
  const [adas, bobs] = [await world.place('ada'), await world.place('bob')];
  const bob = { authorization: await world.issuer.bearer('bob', 'orders:read') };
  const streams = await Promise.all(Array.from({ length: 10 }, () => world.open(adas)));
  expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200));
  const refused = await world.get(adas);
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['retry-after']).toBe('5');
  expect(refused.json()).toMatchObject({ code: 'too-many-streams' });
  expect((await world.open(bobs, bob)).status).toBe(200);
  await streams[0]?.leave();
  await eventually(async () => (await world.open(adas)).status === 200);
  expect((await world.get(adas)).statusCode).toBe(429);
});

test('a Last-Event-ID that no stream gave out is refused', async () => {
  const orderId = await world.place();
  for (const id of ['abc', '-1', '1.5', '1 2', '9'.repeat(16), '1526919030474-0', "1'--"]) {
    const answer = await world.get(orderId, { 'last-event-id': id });
    expect([id, answer.statusCode]).toEqual([id, 400]);
    expect(answer.json()).toMatchObject({ code: 'last-event-id-invalid' });
  }
});

test('an empty Last-Event-ID begins at the beginning', async () => {
  const stream = await world.open(await world.place(), { 'last-event-id': '' });
  await eventually(() => stream.steps().includes('order-placed'));
});

test('what is no order id is refused', async () => {
  const ids = ['1', '%00', `${randomUUID()}%00`, `urn:uuid:${randomUUID()}`, `${randomUUID()}'--`];
  for (const id of ids) {
    const answer = await world.get(id);
    expect([id, answer.statusCode]).toEqual([id, 400]);
    expect(answer.json()).toMatchObject({ code: 'invalid-request' });
  }
  expect(world.orders.asked).toEqual([]);
});

test('an order id in capitals means the same order', async () => {
  const stream = await world.open((await world.place()).toUpperCase());
  expect(stream.status).toBe(200);
  await eventually(() => stream.steps().includes('order-placed'));
});

test('a stream needs a token with the scope orders:read', async () => {
  const orderId = await world.place();
  const none = await world.app.server.inject({ url: `/v1/orders/${orderId}/events` });
  expect([none.statusCode, none.json<{ code: string }>().code]).toEqual([401, 'token-missing']);
  const write = { authorization: await world.issuer.bearer('ada', 'orders:write') };
  const other = await world.get(orderId, write);
  expect([other.statusCode, other.json()]).toEqual([
    403,
    expect.objectContaining({ code: 'scope-missing', scope: 'orders:read' }),
  ]);
  const expired = { authorization: await world.issuer.bearer('ada', 'orders:read', { exp: 1 }) };
  expect((await world.get(orderId, expired)).statusCode).toBe(401);
});

test('only GET opens a stream', async () => {
  const url = `/v1/orders/${await world.place()}/events`;
  for (const method of ['HEAD', 'POST'] as const) {
    const answer = await world.app.server.inject({ method, url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET']);
  }
});
