/** Every cause of a problem document that lies in the server itself, on a server with one route of each kind. */
import { expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { Type } from 'typebox';
import { defineErrors, Problem } from '../src/problem.ts';
import { createServer } from '../src/server.ts';
import { pageQuery } from '../src/page.ts';

const errors = defineErrors({
  'out-of-tents': {
    status: 409,
    title: 'Out of tents',
    when: 'There are no tents left.',
    retryAfterSeconds: 60,
  },
});

function setup() {
  const server = createServer({
    log: silentLog,
    metrics: createMetrics('test'),
    isUnavailable: (error) => error instanceof Error && error.message === 'the database is away',
    handlerTimeoutMs: 1000,
  });
  const body = Type.Object(
    { name: Type.String({ maxLength: 20 }), count: Type.Optional(Type.Integer()) },
    { additionalProperties: false },
  );
  server.post('/things', { schema: { body } }, async (request) => request.body);
  const querystring = Type.Object(pageQuery, { additionalProperties: false });
  server.get('/things', { schema: { querystring } }, async (request) => request.query);
  server.put('/things/:id', async () => 'kept');
  server.get('/bug', async () => {
    throw new TypeError('secret: the password is tr0ub4dor');
  });
  server.get('/away', async () => {
    throw new Error('the database is away');
  });
  server.get('/slow', () => new Promise(() => undefined));
  server.get('/tents', async () => {
    throw new Problem(errors['out-of-tents'], 'The ridge tent is gone.', { productId: 'ridge' });
  });
  return {
    server,
    [Symbol.asyncDispose]: () => server.close(),
    post: (payload: string | Buffer, type: string | undefined = 'application/json') =>
      server.inject({
        method: 'POST',
        url: '/things',
        payload,
        headers: type === '' ? {} : { 'content-type': type },
      }),
    ask: (method: 'GET' | 'HEAD' | 'DELETE' | 'PATCH' | 'PUT' | 'OPTIONS', url: string) =>
      server.inject({ method, url }),
  };
}

test('a Problem becomes a document with its kind, its detail and its members', async () => {
  await using world = setup();
  const answer = await world.ask('GET', '/tents');
  expect(answer.statusCode).toBe(409);
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/problem\+json/) as unknown,
    'retry-after': '60',
    'cache-control': 'no-store',
  });
  expect(answer.json()).toEqual({
    type: '/docs/errors#out-of-tents',
    title: 'Out of tents',
    status: 409,
    code: 'out-of-tents',
    detail: 'The ridge tent is gone.',
    productId: 'ridge',
  });
});

test.each([
  ['{}', 'body', ''],
  ['{"name":7}', 'body', '/name'],
  ['{"name":"a","count":"2"}', 'body', '/count'],
  ['{"name":"a","count":1.5}', 'body', '/count'],
  ['{"name":"a","more":1}', 'body', ''],
  ['{"name":"a","__proto__":{"count":1}}', 'body', ''],
  ['[]', 'body', ''],
  ['null', 'body', ''],
])('a body against its schema is refused with the place: %s', async (payload, where, pointer) => {
  await using world = setup();
  const answer = await world.post(payload);
  expect(answer.statusCode).toBe(400);
  const problem = answer.json<{ code: string; errors: { in: string; pointer: string }[] }>();
  expect(problem.code).toBe('invalid-request');
  expect(problem.errors[0]).toMatchObject({ in: where });
  expect(problem.errors.some((error) => error.pointer.startsWith(pointer))).toBe(true);
});

test('at most ten errors of a body are listed', async () => {
  await using world = setup();
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`x${String(index)}`, 1]),
  );
  const answer = await world.post(JSON.stringify(many));
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: unknown[] }>().errors.length).toBeLessThanOrEqual(10);
});

test.each([
  ['broken JSON', '{"name":'],
  ['no body', ''],
  ['a NUL character as an escape', '{"name":"a\\u0000"}'],
  ['a NUL character in a key', '{"\\u0000":1}'],
  ['half a surrogate pair', '{"name":"\\ud83d"}'],
  ['the wrong half of one', '{"name":"\\uDE00"}'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
])('%s is malformed JSON', async (_name, payload) => {
  await using world = setup();
  const answer = await world.post(payload);
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
    400,
    'malformed-json',
  ]);
});

test('JSON nested 30,000 deep is refused, with an escape in it or without', async () => {
  await using world = setup();
  for (const inside of ['', '"\\u0000"', '"\\ud83d\\ude00"']) {
    const answer = await world.post('['.repeat(30_000) + inside + ']'.repeat(30_000));
    expect(answer.statusCode).toBe(400);
    const field = await world.post(`{"name":${'['.repeat(30_000)}${inside}${']'.repeat(30_000)}}`);
    expect(field.statusCode).toBe(400);
  }
});

test('a whole character outside the basic plane is taken, also as an escape', async () => {
  await using world = setup();
  expect((await world.post('{"name":"\\ud83c\\udfd5"}')).json()).toEqual({ name: '🏕' });
  const withCharset = await world.post('{"name":"é"}', 'application/json; charset=utf-8');
  expect(withCharset.json()).toEqual({ name: 'é' });
});

test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', ''])(
  'a body of content type "%s" is refused',
  async (type) => {
    await using world = setup();
    const answer = await world.post('{"name":"a"}', type);
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  },
);

test('a body larger than 64 KiB is refused', async () => {
  await using world = setup();
  const answer = await world.post(`{"name":"${'a'.repeat(64 * 1024)}"}`);
  expect(answer.json()).toMatchObject({ status: 413, code: 'body-too-large' });
});

test('numbers and defaults of a query are filled in, and nonsense in it is refused', async () => {
  await using world = setup();
  expect((await world.ask('GET', '/things')).json()).toEqual({ limit: 20 });
  expect((await world.ask('GET', '/things?limit=7')).json()).toEqual({ limit: 7 });
  const nonsense = 'limit=0 limit=101 limit=x limit=1.5 limit= limit=1&limit=2 x=1 cursor=';
  for (const query of nonsense.split(' ')) {
    const answer = await world.ask('GET', `/things?${query}`);
    expect([query, answer.statusCode]).toEqual([query, 400]);
    expect(answer.json<{ errors: unknown[] }>().errors[0]).toMatchObject({ in: 'querystring' });
  }
});

test('a parameter that nobody knows is named by the pointer', async () => {
  await using world = setup();
  const answer = await world.ask('GET', '/things?a~b/c=1&limit=1&other=2');
  const { errors } = answer.json<{ errors: { pointer: string }[] }>();
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/a~0b~1c', '/other']);
});

test('an unknown address is 404, a known one with another method 405 with Allow', async () => {
  await using world = setup();
  expect((await world.ask('GET', '/nothing')).json()).toMatchObject({ code: 'not-found' });
  expect((await world.ask('GET', '/things/1/2')).json()).toMatchObject({ status: 404 });
  const answer = await world.ask('DELETE', '/things?x=1');
  expect(answer.json()).toMatchObject({ status: 405, code: 'method-not-allowed' });
  expect(String(answer.headers.allow).split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
  expect((await world.ask('PATCH', '/things/1')).headers.allow).toBe('PUT');
  expect((await world.ask('HEAD', '/things')).statusCode).toBe(200);
});

test('a method that no route takes is 405 before its body is looked at', async () => {
  await using world = setup();
  // One for which Fastify itself asks for a body.
  const query = { method: 'QUERY' as 'GET', url: '/things' };
  expect((await world.server.inject(query)).statusCode).toBe(405);
  const broken = { payload: '{', headers: { 'content-type': 'application/json' } };
  const answer = await world.server.inject({ method: 'PATCH', url: '/things', ...broken });
  expect(answer.json()).toMatchObject({ code: 'method-not-allowed' });
});

test('an address that is broken or too long is refused', async () => {
  await using world = setup();
  expect((await world.ask('GET', '/things/%zz')).json()).toMatchObject({ code: 'invalid-request' });
  const long = await world.ask('PUT', `/things/${'a'.repeat(200)}`);
  expect(long.json()).toMatchObject({ status: 414, code: 'uri-too-long' });
});

test('a bug is a 500 that says nothing of itself', async () => {
  await using world = setup();
  const answer = await world.ask('GET', '/bug');
  expect(answer.json()).toMatchObject({ status: 500, code: 'internal-error' });
  expect(answer.body).not.toMatch(/tr0ub4dor|TypeError|problems\.test/);
});

test('a dependency that is away is a 503, and a handler that takes too long a 504, both with Retry-After', async () => {
  await using world = setup();
  const away = await world.ask('GET', '/away');
  expect(away.json()).toMatchObject({ status: 503, code: 'unavailable' });
  expect(away.headers['retry-after']).toBe('1');
  const slow = await world.ask('GET', '/slow');
  expect(slow.json()).toMatchObject({ status: 504, code: 'deadline-exceeded' });
  expect(slow.headers['retry-after']).toBe('1');
});
