/** How long packages/client waits, against a server that refuses as ours do. */
import { expect, test } from '@jest/globals';
import { createClient } from '@waymark/client/client.ts';
import { placeOrder } from '@waymark/client/place.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { orderWith } from './test-platform.ts';

/** Refuses the first request, and takes the second. */
async function startBusy(retryAfter: string) {
  const askedAt: number[] = [];
  const server = createServer((_request, response) => {
    askedAt.push(performance.now());
    response.setHeader('content-type', 'application/json');
    if (askedAt.length > 1) response.writeHead(201).end(JSON.stringify({ id: 'taken' }));
    else response.writeHead(503, { 'retry-after': retryAfter }).end('{"code":"overloaded"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createClient({
    gatewayUrl: `http://127.0.0.1:${String(port)}`,
    token: async () => 'any',
  });
  return {
    askedAt,
    place: () => placeOrder(client, orderWith()),
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

test('an order that is refused for now is sent again no earlier than the answer asks', async () => {
  const busy = await startBusy('2');
  expect(await busy.place()).toEqual({ id: 'taken' });
  const [first = NaN, second = NaN] = busy.askedAt;
  expect(second - first).toBeGreaterThan(1990);
  await busy.stop();
});

test('who is asked to wait for longer than ten seconds is told so', async () => {
  const busy = await startBusy('60');
  await expect(busy.place()).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 60 });
  expect(busy.askedAt).toHaveLength(1);
  await busy.stop();
});
