import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { Type } from 'typebox';
import { MERGE_PATCH } from '../src/bodies.ts';
import { checkIfMatch, tagOf } from '../src/conditional.ts';
import type { Operation } from '../src/operation.ts';
import type { Server } from '../src/server-type.ts';
import { createServer } from '../src/server.ts';

const described = (more: Partial<Operation>): { config: { operation: Operation } } => ({
  config: { operation: { operationId: '', summary: '', description: '', returns: '', ...more } },
});

let server: Server;
let changes: number;
beforeEach(() => {
  server = createServer({ log: silentLog, metrics: createMetrics('test') });
  changes = 0;
  const schema = { response: { 200: Type.Object({ name: Type.String() }) } };
  server.get('/tent', { schema }, async (_request, reply) => {
    reply.header('etag', tagOf(7));
    return { name: 'Ridge' };
  });
  server.put('/tent', { ...described({ ifMatch: 'optional' }) }, change);
  server.patch('/tent', { ...described({ ifMatch: 'required', consumes: MERGE_PATCH }) }, change);
  async function change(request: Parameters<typeof checkIfMatch>[0]) {
    checkIfMatch(request, tagOf(7));
    changes += 1;
    return 'changed';
  }
});
afterEach(() => server.close());

const read = (asked: string | undefined, method: 'GET' | 'HEAD' = 'GET') =>
  server.inject({
    method,
    url: '/tent',
    headers: asked === undefined ? {} : { 'if-none-match': asked },
  });

test('what is read has a tag, and is asked about again before it is used again', async () => {
  const { headers } = await read(undefined);
  expect(headers).toMatchObject({ etag: '"7"', 'cache-control': 'no-cache' });
  const authorization = 'Bearer token';
  const mine = await server.inject({ url: '/tent', headers: { authorization } });
  expect(mine.headers['cache-control']).toBe('private, no-cache');
});

test.each(['"7"', 'W/"7"', '"6", "7"', 'W/"6" , W/"7"', '*', ' * '])(
  'who has %s is told that it has not changed, without a body',
  async (asked) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await read(asked, method);
      expect([answer.statusCode, answer.body]).toEqual([304, '']);
      expect(answer.headers).toMatchObject({ etag: '"7"', 'cache-control': 'no-cache' });
      expect(answer.headers).not.toHaveProperty('content-type');
    }
  },
);

test.each([undefined, '', '"6"', '7', '"77"', '"*"', 'W/"6"'])(
  'who has %s gets what is there now',
  async (asked) => {
    const answer = await read(asked);
    expect([answer.statusCode, answer.json()]).toEqual([200, { name: 'Ridge' }]);
    expect((await read(asked, 'HEAD')).headers['content-length']).toBe('16');
  },
);

const put = (ifMatch: string | undefined) =>
  server.inject({
    method: 'PUT',
    url: '/tent',
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  });

test.each([undefined, '"7"', '"6", "7"', '*'])(
  'a change is made where If-Match is %s',
  async (one) => {
    expect((await put(one)).statusCode).toBe(200);
    expect(changes).toBe(1);
  },
);

test.each(['"6"', 'W/"7"', '7', '', '"6", W/"7"'])(
  'a change is refused, and not made, where If-Match is %s',
  async (one) => {
    const answer = await put(one);
    expect([answer.statusCode, answer.json()]).toEqual([
      412,
      expect.objectContaining({ code: 'precondition-failed' }),
    ]);
    expect(changes).toBe(0);
  },
);

const patch = (headers: Record<string, string>) =>
  server.inject({ method: 'PATCH', url: '/tent', headers, payload: '{}' });

test('a change that needs If-Match is refused without one', async () => {
  const answer = await patch({ 'content-type': MERGE_PATCH });
  expect([answer.statusCode, answer.json()]).toEqual([
    428,
    expect.objectContaining({ code: 'precondition-required' }),
  ]);
  expect((await patch({ 'content-type': MERGE_PATCH, 'if-match': '"7"' })).statusCode).toBe(200);
  expect(changes).toBe(1);
});

test('a body is taken only under a media type that the route takes', async () => {
  const answer = await patch({ 'content-type': 'application/json', 'if-match': '"7"' });
  expect([answer.statusCode, answer.json()]).toEqual([
    415,
    expect.objectContaining({ code: 'unsupported-media-type', accepted: [MERGE_PATCH] }),
  ]);
  const typed = { 'content-type': MERGE_PATCH };
  const other = await server.inject({ method: 'PUT', url: '/tent', headers: typed, payload: '{}' });
  expect([other.statusCode, other.json()]).toEqual([
    415,
    expect.objectContaining({ accepted: ['application/json'] }),
  ]);
  expect(changes).toBe(0);
});
