/** The client against a server that answers well, in no JSON, slowly, or not at all. */
import { expect, test } from '@jest/globals';
import { runInContext } from '@waymark/telemetry/context.ts';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../src/client.ts';
import { DEADLINE_HEADER } from '../src/deadline.ts';

async function setup(timeoutMs = 5000) {
  const received: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] =
    [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body });
      if (url.endsWith('/silent')) return;
      response.writeHead(url.endsWith('/text') ? 502 : 200, { 'x-answer': 'yes' });
      // Headers at once, and then never the body's end.
      if (url.endsWith('/drip')) response.write('{');
      else response.end(url.endsWith('/text') ? 'Bad gateway' : '{"ok":true}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ baseUrl: `http://127.0.0.1:${String(port)}/base/`, timeoutMs });
  return {
    client,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await client.close();
    },
  };
}

test('a call carries its JSON, its headers, its deadline and the trace', async () => {
  await using world = await setup();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const answer = await runInContext({ traceparent }, () =>
    world.client.call({
      method: 'POST',
      path: '/charges?x=1',
      json: { name: 'é' },
      headers: { 'idempotency-key': 'k' },
      timeoutMs: 700,
    }),
  );
  expect(answer).toMatchObject({ status: 200, body: { ok: true }, headers: { 'x-answer': 'yes' } });
  expect(world.received).toMatchObject([
    { method: 'POST', url: '/base/charges?x=1', body: '{"name":"é"}' },
  ]);
  expect(world.received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': 'k',
    traceparent,
    [DEADLINE_HEADER]: '700',
  });
});

test('a body that is not JSON comes as text, and a call without a body sends no content type', async () => {
  await using world = await setup();
  const answer = await world.client.call({ method: 'GET', path: '/text' });
  expect(answer).toMatchObject({ status: 502, body: 'Bad gateway' });
  expect(world.received[0]?.headers['content-type']).toBeUndefined();
});

test.each(['/silent', '/drip'])(
  'no complete answer within the time-out is an error: %s',
  async (path) => {
    await using world = await setup(100);
    const call = world.client.call({ method: 'GET', path, timeoutMs: 60_000 });
    await expect(call).rejects.toThrow();
    expect(world.received[0]?.headers[DEADLINE_HEADER]).toBe('100');
  },
);
