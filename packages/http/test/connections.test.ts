/** What comes over a connection before there is a request that a route could look at. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from '../src/server.ts';

let server: ReturnType<typeof createServer>;
beforeEach(async () => {
  server = createServer({ log: silentLog, metrics: createMetrics('test'), arrivalMs: 500 });
  server.get('/things', async () => 'things');
  server.post('/things', async () => 'made');
  await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

/** All that comes back until the server ends the connection; `drip` goes on being sent. */
async function send(bytes: string, drip = ''): Promise<string> {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(bytes);
  const timer = setInterval(() => socket.write(drip), 50);
  await once(socket, 'close');
  clearInterval(timer);
  return text.split('\r\n')[0] ?? '';
}

const get = 'GET /things HTTP/1.1\r\nConnection: close\r\n';

test.each([
  ['two Host headers', `${get}Host: a\r\nhost: b\r\n\r\n`],
  ['HTTP/0.9', 'GET /things\r\n\r\n'],
])('a request with %s is refused', async (_what, bytes) => {
  expect(await send(bytes)).toMatch(/^HTTP\/1\.1 400 /);
});

test('a request with one Host is answered', async () => {
  expect(await send(`${get}Host: a\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ['headers', 'GET /things HTTP/1.1\r\nHost: a\r\nX-A: '],
  [
    'a body',
    'POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n',
  ],
])(
  'who sends %s a byte at a time loses the connection',
  async (_what, bytes) => {
    expect(await send(bytes, 'x')).toMatch(/^HTTP\/1\.1 (408|504) /);
  },
  5000,
);
