/** Servers and clients with certificates of an authority that each test makes. */
import { expect, test } from '@jest/globals';
import { createAuthority, issue } from '@waymark/certificates/authority.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { connect } from 'node:tls';
import { createHttpClient } from '../src/client.ts';
import { createServer } from '../src/server.ts';
import { tlsFrom, type Tls } from '../src/tls.ts';

// Clients look for the name in the certificate, and a test has no other name than this.
const SERVER = 'localhost';

async function setup(callers = ['gateway']) {
  const authority = await createAuthority('Test', 1);
  const identify = async (name: string, by = authority): Promise<Tls> => {
    const { certificate, key } = await issue(by, name, 1);
    return { cert: certificate, key, ca: authority.certificate };
  };
  const server = createServer({
    log: silentLog,
    metrics: createMetrics('test'),
    tls: { ...(await identify(SERVER)), callers },
  });
  server.get('/ping', () => ({ pong: true }));
  const arrived = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  server.get('/held', async () => {
    arrived.resolve();
    await finish.promise;
    return { held: true };
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const clients = new AsyncDisposableStack();
  return {
    server,
    port,
    authority,
    arrived,
    finish,
    identify,
    /** What a caller with these settings gets. */
    call(tls: Tls | undefined, path = '/ping', host = SERVER) {
      const scheme = tls === undefined ? 'http' : 'https';
      const baseUrl = `${scheme}://${host}:${String(port)}`;
      const client = createHttpClient({ baseUrl, timeoutMs: 3000, tls });
      clients.defer(() => client.close());
      return client.call({ method: 'GET', path });
    },
    async [Symbol.asyncDispose]() {
      await clients.disposeAsync();
      await server.close();
    },
  };
}

test('a service that may call is answered over TLS 1.3', async () => {
  await using world = await setup();
  expect(await world.call(await world.identify('gateway'))).toMatchObject({
    status: 200,
    body: { pong: true },
  });
});

test('a service of ours that has no business here gets a 403, on unknown routes too', async () => {
  await using world = await setup();
  const payments = await world.identify('payments');
  for (const path of ['/ping', '/nowhere'])
    expect(await world.call(payments, path)).toMatchObject({
      status: 403,
      body: { code: 'caller-not-allowed' },
    });
});

test('a caller without a certificate, or with that of another authority, gets no answer', async () => {
  await using world = await setup();
  const stranger = await world.identify('gateway', await createAuthority('Test', 1));
  await expect(world.call(stranger)).rejects.toThrow();
  await expect(world.call(undefined)).rejects.toThrow();
  const { port, authority } = world;
  const bare = connect({ port, host: '127.0.0.1', servername: SERVER, ca: authority.certificate });
  const [error] = (await once(bare, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
});

test('a client does not speak with a server whose certificate has another name', async () => {
  await using world = await setup();
  await expect(
    world.call(await world.identify('gateway'), '/ping', '127.0.0.1'),
  ).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('a request in flight is finished while the server closes', async () => {
  await using world = await setup();
  const answer = world.call(await world.identify('gateway'), '/held');
  await world.arrived.promise;
  const closed = world.server.close();
  while (world.server.server.listening) await turn();
  world.finish.resolve();
  expect(await answer).toMatchObject({ status: 200, body: { held: true } });
  await closed;
});

test('a connection that was opened and never used does not hold up a close', async () => {
  await using world = await setup();
  const { cert, key, ca } = await world.identify('gateway');
  const idle = connect({ port: world.port, host: '127.0.0.1', servername: SERVER, cert, key, ca });
  await once(idle, 'secureConnect');
  await world.call(await world.identify('gateway'));
  const ended = once(
    idle.on('error', () => undefined),
    'close',
  );
  await world.server.close();
  await ended;
});

test('certificate, key and authority are set together or not at all', () => {
  expect(tlsFrom({})).toBeUndefined();
  expect(tlsFrom({ TLS_CERT: 'c', TLS_KEY: 'k', TLS_CA: 'a' })).toEqual({
    cert: 'c',
    key: 'k',
    ca: 'a',
  });
  expect(() => tlsFrom({ TLS_CERT: 'c', TLS_KEY: 'k' })).toThrow(/go together/);
});
