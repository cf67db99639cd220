import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setup, type World } from './setup.ts';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('body, query string and headers arrive as they were sent, whatever the content type', async () => {
  const body = Buffer.from([0, 255, 123, 34, 10, 128]);
  const headers = {
    authorization: world.ada,
    'content-type': 'image/x-odd; charset="q"',
    'idempotency-key': 'k1',
    'x-twice': ['a', 'b'],
  };
  await world.ask('/v1/orders?a=1&a=%20b&c=%C3%A9;d', { method: 'POST', headers, body });
  const [sent] = world.received;
  expect(sent?.url).toBe('/v1/orders?a=1&a=%20b&c=%C3%A9;d');
  expect(sent?.body).toEqual(body);
  expect(sent?.headers).toMatchObject({
    authorization: world.ada,
    'content-type': 'image/x-odd; charset="q"',
    'idempotency-key': 'k1',
    'content-length': '6',
  });
  const twice = sent?.rawHeaders.filter((_, index, all) => all[index - 1] === 'x-twice');
  expect(twice).toEqual(['a', 'b']);
});

test("broken JSON, an empty JSON body and a form are the service's to judge", async () => {
  const bodies = ['{"a":', '', 'a=1&b=2'];
  for (const body of bodies) {
    const headers = {
      'content-type': body === 'a=1&b=2' ? 'application/x-www-form-urlencoded' : 'application/json',
    };
    expect((await world.ask('/identity/token', { method: 'POST', headers, body })).status).toBe(
      200,
    );
  }
  expect(world.received.map(({ body }) => body.toString())).toEqual(bodies);
});

test('status, headers and body of a service come back as it sent them', async () => {
  const problem = '{"type":"t","status":422,"code":"duplicate-line"}';
  world.behaviours.orders = (_, answer) => {
    answer.writeHead(422, {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'set-cookie': ['a=1', 'b=2'],
      'retry-after': '9',
      date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    answer.end(problem);
  };
  const headers = { authorization: world.ada };
  const answer = await world.ask('/v1/orders', { method: 'POST', headers });
  expect(answer).toMatchObject({ status: 422, text: problem });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'set-cookie': ['a=1', 'b=2'],
    'retry-after': '9',
    date: 'Thu, 01 Jan 1970 00:00:00 GMT',
  });
});

test('an answer larger than any buffer arrives whole', async () => {
  const megabytes = Buffer.alloc(8 * 1024 * 1024, 'waymark');
  world.behaviours.catalog = (_, answer) => answer.end(megabytes);
  const answer = await world.ask('/v1/products');
  expect(answer.text).toBe(megabytes.toString());
});

test('an answer without a body stays without one', async () => {
  world.behaviours.catalog = (_, answer) => answer.writeHead(304, { etag: '"1"' }).end();
  const answer = await world.ask('/v1/products', { headers: { 'if-none-match': '"1"' } });
  expect(answer).toMatchObject({ status: 304, text: '', headers: { etag: '"1"' } });
});

test('headers of one connection end there, in both directions, with those that Connection names', async () => {
  world.behaviours.catalog = (_, answer) => {
    answer.writeHead(200, { connection: 'x-inner, close', 'x-inner': '1', 'x-outer': '2' });
    answer.end('ok');
  };
  const headers = {
    connection: 'X-Secret, keep-alive',
    'x-secret': '1',
    'x-kept': '2',
    te: 'trailers',
    'keep-alive': 'timeout=9',
    'proxy-connection': 'keep-alive',
    upgrade: 'h2c',
  };
  const answer = await world.ask('/v1/products', { headers });
  const sent = world.received[0]?.headers ?? {};
  expect(sent['x-kept']).toBe('2');
  for (const name of ['x-secret', 'te', 'keep-alive', 'proxy-connection', 'upgrade']) {
    expect(sent).not.toHaveProperty(name);
  }
  expect(answer.headers['x-outer']).toBe('2');
  expect(answer.headers).not.toHaveProperty('x-inner');
});

test('where a request came from and how long it may take is never taken from the client', async () => {
  const headers = {
    host: 'shop.example',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-prefix': '/evil',
    forwarded: 'for=6.6.6.6',
    'x-deadline-ms': '99999999',
  };
  await world.ask('/v1/products', { headers });
  const sent = world.received[0]?.headers ?? {};
  expect(sent).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.example',
    'x-deadline-ms': '5000',
  });
  expect(sent.host).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(sent).not.toHaveProperty('x-forwarded-prefix');
  expect(sent).not.toHaveProperty('forwarded');
});

test('a client that names our headers in Connection does not get rid of them', async () => {
  const connection = 'close, x-forwarded-for, traceparent, x-deadline-ms';
  await world.ask('/v1/products', { headers: { connection } });
  expect(world.received[0]?.headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-deadline-ms': '5000',
    traceparent: expect.stringMatching(/^00-/),
  });
});

test('a trace is continued where the request has one and begun where it has none or a broken one', async () => {
  await world.ask('/v1/products', { headers: { traceparent: trace } });
  await world.ask('/v1/products');
  await world.ask('/v1/products', { headers: { traceparent: 'nonsense' } });
  const headers = { authorization: world.ada, traceparent: trace };
  await world.ask('/v1/orders', { method: 'POST', headers, body: 'with a body' });
  const traces = world.received.map((request) => request.headers.traceparent);
  expect(traces).toEqual([
    trace,
    expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    trace,
  ]);
  expect(traces[1]).not.toBe(traces[2]);
});
