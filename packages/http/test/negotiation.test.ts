import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { Type } from 'typebox';
import { nextCursor, pageOf, pageQuery } from '../src/page.ts';
import type { Server } from '../src/server-type.ts';
import { createServer } from '../src/server.ts';

const pageSchema = Type.Object({ items: Type.Array(Type.Integer()), nextCursor });
let server: Server;
beforeEach(() => {
  server = createServer({ log: silentLog, metrics: createMetrics('test') });
  const querystring = Type.Object({ ...pageQuery, search: Type.Optional(Type.String()) });
  const pageFor = (limit: number) => pageOf([1, 2, 3].slice(0, limit + 1), limit, (last) => [last]);
  server.get(
    '/numbers',
    { schema: { querystring, response: { 200: pageSchema } } },
    async (request) => pageFor(request.query.limit),
  );
  const text = Type.Unsafe<string>(pageSchema);
  server.get(
    '/ready',
    { schema: { querystring, response: { 200: text } } },
    async (request, reply) => {
      reply.type('application/json');
      return JSON.stringify(pageFor(request.query.limit));
    },
  );
  server.get('/anything', async () => 'text');
});
afterEach(() => server.close());

test.each(['/numbers', '/ready'])(
  'a page links to the next one, the last to none: %s',
  async (path) => {
    const answer = await server.inject(`${path}?search=a%20b?c&limit=2&cursor=x`);
    const { nextCursor: cursor } = answer.json<{ nextCursor: string }>();
    const link = `<${path}?search=a%20b?c&limit=2&cursor=${cursor}>; rel="next"`;
    expect(answer.headers.link).toBe(link);
    const head = await server.inject({
      method: 'HEAD',
      url: `${path}?search=a%20b?c&limit=2&cursor=x`,
    });
    expect(head.headers.link).toBe(link);
    expect((await server.inject(path)).headers).not.toHaveProperty('link');
  },
);

test.each([
  undefined,
  '',
  '*/*',
  'application/json',
  'Application/JSON; charset=utf-8',
  'text/html, application/*;q=0.1',
  'text/html, */*;q=0.8',
])('who accepts %s gets JSON', async (accept) => {
  const headers = accept === undefined ? {} : { accept };
  expect((await server.inject({ url: '/numbers', headers })).statusCode).toBe(200);
});

test.each(['text/html', 'application/xml', 'application/json;q=0', 'application/json;q=0, */*'])(
  'who accepts only "%s" is told what there is',
  async (accept) => {
    const answer = await server.inject({ url: '/numbers', headers: { accept } });
    expect(answer.json()).toMatchObject({
      status: 406,
      code: 'not-acceptable',
      available: 'application/json',
    });
    expect((await server.inject({ url: '/anything', headers: { accept } })).statusCode).toBe(200);
  },
);
