import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createAuthority, issue } from '@waymark/certificates/authority.ts';
import { createHttpClient } from '@waymark/http/client.ts';
import type { AddressInfo } from 'node:net';
import { askToken, ISSUER, keySet, setup } from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const DISCOVERY = '/identity/.well-known/openid-configuration';

test.each([
  ['by its public name', { host: 'shop.test:8080' }],
  ['on the internal port', { host: '127.0.0.1:4101' }],
  ['by a name that a stranger made up', { 'x-forwarded-host': 'evil.test', host: 'evil.test' }],
])('discovery names the public addresses when asked %s', async (_how, headers) => {
  const answer = await world.app.server.inject({ url: DISCOVERY, headers });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    issuer: ISSUER,
    jwks_uri: `${ISSUER}/jwks`,
    token_endpoint: `${ISSUER}/token`,
  });
  expect(answer.body).not.toContain('evil.test');
});

test('discovery names the public addresses also where the service itself is asked over TLS', async () => {
  const authority = await createAuthority('Test', 1);
  const { certificate: cert, key } = await issue(authority, 'localhost', 1);
  const tls = { cert, key, ca: authority.certificate };
  const { server } = await world.start({ tls: { ...tls, callers: ['localhost'] } });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const baseUrl = `https://localhost:${String(port)}`;
  const client = createHttpClient({ baseUrl, timeoutMs: 3000, tls });
  const { body } = await client.call({ method: 'GET', path: DISCOVERY });
  await client.close();
  expect(body).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/token` });
});

test('discovery offers what there is and nothing else', async () => {
  const document = (await world.app.server.inject(DISCOVERY)).json<Record<string, unknown>>();
  expect(document).toMatchObject({
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
  });
  expect(document.scopes_supported).toEqual(
    expect.arrayContaining(['openid', 'offline_access', 'orders:read', 'catalog:write']),
  );
  const endpoints = Object.keys(document).filter((name) => name.endsWith('_endpoint'));
  expect(endpoints.sort()).toEqual([
    'authorization_endpoint',
    'device_authorization_endpoint',
    'end_session_endpoint',
    'introspection_endpoint',
    'revocation_endpoint',
    'token_endpoint',
  ]);
});

test('the key set holds the public halves of two ES256 keys and nothing of the private ones', async () => {
  const { keys } = await keySet(world.app);
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
  }
});

test('a restart on the same database keeps the key, and tokens from before stay valid', async () => {
  const before = await keySet(world.app);
  const next = await world.start();
  expect(await keySet(next)).toEqual(before);
});

test('replicas that start at once on an empty database share their keys', async () => {
  await world.database.query('delete from signing_keys');
  await world.database.query('delete from cookie_keys');
  const replicas = await Promise.all([1, 2, 3, 4].map(() => world.start()));
  const sets = await Promise.all(replicas.map(keySet));
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
  const count = 'select count(*) from ';
  expect(await world.database.query(`${count} signing_keys`)).toEqual([{ count: 2 }]);
  expect(await world.database.query(`${count} cookie_keys`)).toEqual([{ count: 1 }]);
});

test.each(['/', '/v1/orders', '/identityx/jwks', '/identity/nothing', '/%69dentity/jwks'])(
  'the unknown address %s is a problem document',
  async (url) => {
    const answer = await world.app.server.inject(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' });
  },
);

test.each([
  ['text/html', /^text\/html/],
  ['application/json', /^application\/json/],
])('an authorization request of no known client is answered as %s', async (accept, type) => {
  const answer = await world.app.server.inject({
    url: '/identity/auth?client_id=eve&response_type=code&scope=openid',
    headers: { accept },
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toMatch(type);
  expect(answer.body).toContain('invalid_client');
});

test('a page of another origin may read the keys but not ask for tokens', async () => {
  const headers = { origin: 'https://elsewhere.test' };
  const jwks = await world.app.server.inject({ url: '/identity/jwks', headers });
  expect(jwks.headers['access-control-allow-origin']).toBe(headers.origin);
  const token = await askToken(world.app, {}, headers);
  expect(token.statusCode).toBe(400);
  expect(token.headers['access-control-allow-origin']).toBeUndefined();
});
