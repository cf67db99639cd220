import { expect, test } from '@jest/globals';
import { httpErrors } from '@waymark/http/errors.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { createTestIssuer } from '@waymark/testing/issuer.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { remoteKeys } from '../src/remote-keys.ts';
import { createTokenVerifier } from '../src/verifier.ts';

test('keys that cannot be had are an outage and not a bad token', async () => {
  const issuer = await createTestIssuer();
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/error' ? 500 : 200).end('no keys here');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const nobody = `http://127.0.0.1:${String(await freePort())}/jwks`;
  const token = await issuer.bearer('ada', '');
  for (const url of [
    nobody,
    ...['/error', '/text'].map((path) => `http://127.0.0.1:${String(port)}${path}`),
  ]) {
    const verifier = createTokenVerifier({ ...issuer, keys: remoteKeys(url) });
    await expect(verifier.check(token)).rejects.toMatchObject({ kind: httpErrors.unavailable });
  }
  server.close();
});

test.each([
  ['answers', 200],
  ['fails', 500],
])('made-up key ids cost an issuer that %s one question in a while', async (_how, status) => {
  const issuer = await createTestIssuer();
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const keys = remoteKeys(`http://127.0.0.1:${String(port)}/jwks`);
  const verifier = createTokenVerifier({ ...issuer, keys });
  for (let n = 0; n < 50; n += 1) {
    const token = await issuer.sign({ sub: 'ada' }, { kid: `made-up-${String(n)}` });
    await expect(verifier.check(token)).rejects.toThrow();
  }
  expect(asked).toBe(1);
  server.close();
});
