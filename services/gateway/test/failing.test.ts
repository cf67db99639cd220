import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { once } from 'node:events';
import { setup, type World } from './setup.ts';

const DEADLINE_MS = 300;

let world: World;
let headers: { authorization: string };
beforeEach(async () => {
  world = await setup({ deadlineMs: DEADLINE_MS });
  headers = { authorization: world.ada };
});
afterEach(() => world.stop());

test('a service that is down is 503 with Retry-After, and the others are not affected', async () => {
  await world.kill('orders');
  const answer = await world.ask('/v1/orders', { headers });
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(answer.text).toContain('"unavailable"');
  expect((await world.ask('/v1/products')).status).toBe(200);
});

test('a read whose connection broke before any answer is tried once more', async () => {
  world.behaviours.catalog = (request, answer) => {
    if (world.received.length === 1) request.socket.resetAndDestroy();
    else answer.end('second');
  };
  expect(await world.ask('/v1/products')).toMatchObject({ status: 200, text: 'second' });
  expect(world.received).toHaveLength(2);
});

test('a read that breaks twice is 503', async () => {
  world.behaviours.catalog = (request) => request.socket.destroy();
  expect((await world.ask('/v1/products')).status).toBe(503);
  expect(world.received).toHaveLength(2);
});

test.each([
  ['POST', '/v1/orders', 'orders'],
  ['PUT', '/v1/stock/tent', 'inventory'],
  ['PATCH', '/v1/products/tent', 'catalog'],
] as const)('%s without a key is never sent twice', async (method, path, service) => {
  world.behaviours[service] = (request) => request.socket.resetAndDestroy();
  expect((await world.ask(path, { method, headers, body: '{}' })).status).toBe(503);
  expect(world.received).toHaveLength(1);
});

test.each(['/v1/orders', '/v1/orders/7/refund'])(
  'a write with an idempotency key whose connection broke is sent once more, the very same: %s',
  async (path) => {
    world.behaviours.orders = (request, answer) => {
      if (world.received.length === 1) request.socket.resetAndDestroy();
      else answer.end('second');
    };
    const scope = path.endsWith('refund') ? 'support:refund' : 'orders:write';
    const authorization = await world.issuer.bearer('ada', scope);
    const keyed = { authorization, 'idempotency-key': 'k1' };
    const answer = await world.ask(path, { method: 'POST', headers: keyed, body: '{"a":1}' });
    expect(answer).toMatchObject({ status: 200, text: 'second' });
    const [first, second] = world.received;
    expect(second?.body.toString()).toBe('{"a":1}');
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(world.received).toHaveLength(2);
  },
);

test('a key on a write that does not go by it makes nothing repeatable', async () => {
  world.behaviours.notifications = (request) => request.socket.resetAndDestroy();
  const authorization = await world.issuer.bearer('ada', 'webhooks:write');
  const keyed = { authorization, 'idempotency-key': 'k1' };
  const answer = await world.ask('/v1/webhooks', { method: 'POST', headers: keyed, body: '{}' });
  expect(answer.status).toBe(503);
  expect(world.received).toHaveLength(1);
});

test('an answer that does not start within the deadline is 504, and the service is let go', async () => {
  let abandoned = false;
  world.behaviours.orders = (_, answer) => void answer.on('close', () => (abandoned = true));
  const started = performance.now();
  const answer = await world.ask('/v1/orders', { headers });
  expect(performance.now() - started).toBeLessThan(DEADLINE_MS * 4);
  expect(answer).toMatchObject({ status: 504, headers: { 'retry-after': '1' } });
  expect(answer.text).toContain('"deadline-exceeded"');
  expect(world.received[0]?.headers['x-deadline-ms']).toBe(String(DEADLINE_MS));
  await eventually(() => abandoned);
});

test('an event stream that does not start within the deadline is 504', async () => {
  world.behaviours.notifications = () => undefined;
  expect((await world.ask('/v1/orders/7/events', { headers })).status).toBe(504);
});

test('an answer that starts but does not end within the deadline is cut off visibly', async () => {
  world.behaviours.catalog = (_, answer) => void answer.write('[');
  await expect(world.ask('/v1/products')).rejects.toThrow(/aborted|ECONNRESET/);
});

test.each(['chunked', 'content-length'])(
  'a service that dies in the middle of its answer is visible as a broken answer (%s)',
  async (how) => {
    world.behaviours.catalog = (request, answer) => {
      if (how === 'content-length') answer.setHeader('content-length', 100);
      answer.write('half of the');
      world.behaviours.orders = () => request.socket.destroy();
    };
    const answer = await world.open('/v1/products');
    void world.ask('/v1/orders', { headers }).catch(() => undefined);
    const broken = once(answer.resume(), 'end');
    await expect(broken).rejects.toThrow(/aborted|ECONNRESET/);
    expect(answer.complete).toBe(false);
  },
);

test('a half answer looks broken to an HTTP/1.0 client too, which takes an end of the connection for its end', async () => {
  world.behaviours.catalog = (request, answer) => {
    answer.write('half of the', () => request.socket.destroy());
  };
  const reading = world.bytes('GET /v1/products HTTP/1.0\r\nHost: shop\r\n\r\n');
  await expect(reading).rejects.toThrow('ECONNRESET');
});

test('a client that goes away takes its request to the service along', async () => {
  let abandoned = false;
  world.behaviours.notifications = (_, answer) => {
    answer.on('close', () => (abandoned = true));
    answer.write('data: 1\n\n');
  };
  const answer = await world.open('/v1/orders/7/events', { headers });
  expect(abandoned).toBe(false);
  answer.destroy();
  await eventually(() => abandoned);
});

test('what a service cannot serve within the deadline is turned away at once, and only what it cannot', async () => {
  const slow = await setup({ deadlineMs: 3000 });
  slow.behaviours.catalog = () => undefined;
  const started = performance.now();
  const answers = Array.from({ length: 586 }, async () => {
    const { status } = await slow.ask('/v1/products');
    return { status, afterMs: performance.now() - started };
  });
  // 64 connections and 512 places to wait.
  const refused = (await Promise.all(answers)).filter(({ status }) => status === 503);
  expect(refused).toHaveLength(10);
  for (const { afterMs } of refused) expect(afterMs).toBeLessThan(3000);
  slow.behaviours.catalog = (_, answer) => answer.end();
  expect((await slow.ask('/v1/products')).status).toBe(200);
  await slow.stop();
});
