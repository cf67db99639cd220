import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTokenVerifier, verifierFrom } from '@waymark/tokens/verifier.ts';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { AddressInfo } from 'node:net';
import {
  ada,
  askToken,
  AUDIENCE,
  basic,
  ISSUER,
  keySet,
  setup,
  staff,
  type TokenAnswer,
} from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a token is a JWT of RFC 9068 for our API, signed by a published key', async () => {
  const answer = await askToken(world.app, { scope: 'orders:read orders:write' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  const { access_token: token, ...rest } = answer.json<TokenAnswer>();
  expect(rest).toEqual({
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'orders:read orders:write',
  });

  const keys = createLocalJWKSet(await keySet(world.app));
  const { payload, protectedHeader } = await jwtVerify(token, keys);
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  const { iat = 0, exp = 0, jti = '', ...claims } = payload;
  expect(claims).toEqual({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ada',
    client_id: 'ada',
    scope: 'orders:read orders:write',
  });
  expect(exp - iat).toBe(300);
  expect(Math.abs(Date.now() / 1000 - iat)).toBeLessThan(30);
  expect(jti).not.toBe('');
});

test('every token has an id of its own', async () => {
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const answer = await askToken(world.app);
      return decodeJwt(answer.json<TokenAnswer>().access_token).jti;
    }),
  );
  expect(new Set(ids).size).toBe(2);
});

test("the services' own verifier takes a token by the keys that it fetches over the network", async () => {
  await world.app.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = world.app.server.server.address() as AddressInfo;
  const own = `http://127.0.0.1:${String(port)}/identity`;
  const verifier = verifierFrom({
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: AUDIENCE,
    JWKS_URL: `${own}/jwks`,
  });
  const answer = await fetch(`${own}/token`, {
    method: 'POST',
    headers: { authorization: basic(staff.clientId, staff.clientSecret) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'inventory:write' }),
  });
  const { access_token: token } = (await answer.json()) as TokenAnswer;
  expect(await verifier.check(`Bearer ${token}`)).toMatchObject({
    subject: 'staff',
    clientId: 'staff',
    scopes: new Set(['inventory:write']),
  });
});

test('a token is not valid for another audience', async () => {
  const { access_token: token } = (await askToken(world.app)).json<TokenAnswer>();
  const keys = createLocalJWKSet(await keySet(world.app));
  const elsewhere = createTokenVerifier({ issuer: ISSUER, audience: 'urn:other', keys });
  await expect(elsewhere.check(`Bearer ${token}`)).rejects.toMatchObject({
    kind: { code: 'token-invalid' },
  });
});

test('the API may be named as the resource, and any other resource is refused', async () => {
  expect((await askToken(world.app, { resource: AUDIENCE })).statusCode).toBe(200);
  const refused = await askToken(world.app, { resource: 'urn:other' });
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ error: 'invalid_target' });
});

test.each([
  ['a scope of another client', 'orders:read catalog:write'],
  ['a scope that nobody has', 'orders:read everything'],
  ['a scope of OpenID Connect, which is for people', 'openid'],
])('%s is refused', async (_what, scope) => {
  const answer = await askToken(world.app, { scope });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({
    error: 'invalid_scope',
    scope: scope.replace('orders:read ', ''),
  });
});

test.each([
  ['left out', undefined],
  ['empty', ''],
])('a request whose scope is %s is refused and told what there is', async (_what, scope) => {
  const answer = await askToken(world.app, { scope });
  expect(answer.statusCode).toBe(400);
  const { error, error_description: told } = answer.json<Record<string, string>>();
  expect(error).toBe('invalid_scope');
  expect(told).toContain('orders:read orders:write');
});

test.each([
  ['a wrong secret', 'ada', `${ada.clientSecret}x`],
  ["another client's secret", 'ada', staff.clientSecret],
  ['an unknown client', 'eve', ada.clientSecret],
])('%s is answered as invalid_client', async (_what, id, secret) => {
  const answer = await askToken(world.app, {}, { authorization: basic(id, secret) });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
  expect(answer.json()).toEqual({
    error: 'invalid_client',
    error_description: 'client authentication failed',
  });
});

test('what the database stores of a secret is not a secret that opens anything', async () => {
  const [row] = await world.database.query<{ secret_hash: string }>(
    `select secret_hash from clients where client_id = 'ada'`,
  );
  const stored = row?.secret_hash ?? '';
  expect(stored).not.toBe('');
  expect((await askToken(world.app, {}, { authorization: basic('ada', stored) })).statusCode).toBe(
    401,
  );
});

test.each([
  ['authorization_code', { code: 'x', redirect_uri: 'http://localhost/callback' }],
  ['refresh_token', { refresh_token: 'x' }],
])('the grant type %s, which is for people, is refused to a program', async (grantType, form) => {
  const answer = await askToken(world.app, { grant_type: grantType, ...form });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({
    error_description: 'requested grant type is not allowed for this client',
  });
});

test.each(['password', 'implicit', 'nonsense'])(
  'the grant type %s is not supported',
  async (grantType) => {
    const answer = await askToken(world.app, { grant_type: grantType });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: 'unsupported_grant_type' });
  },
);

test.each<[string, Record<string, string>, Record<string, string>]>([
  ['a NUL character in the client id', { client_id: 'a\0b' }, { authorization: '' }],
  ['a NUL character in the scope', { scope: 'orders:read\0' }, {}],
  ['a secret in the form', { client_id: 'ada', client_secret: 'x' }, { authorization: '' }],
  ['no client at all', {}, { authorization: '' }],
  ['an authorization that is not Basic', {}, { authorization: 'Bearer abc' }],
  ['a Basic authorization without a colon', {}, { authorization: 'Basic YWRh' }],
  ['a body that is too large', { filler: 'x'.repeat(80_000) }, {}],
  ['a body that is JSON', {}, { 'content-type': 'application/json' }],
])('%s gets an error of OAuth and never a 500', async (_what, form, headers) => {
  const answer = await askToken(world.app, form, headers);
  expect([400, 401]).toContain(answer.statusCode);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.json<{ error: string }>().error).toMatch(/^invalid_/);
});

test('a browser too gets errors as JSON', async () => {
  const answer = await world.app.server.inject({
    method: 'POST',
    url: '/identity/token',
    headers: { accept: 'text/html', 'content-type': 'application/json' },
    payload: '{}',
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error: 'invalid_request' });
});

test('a new secret in the list counts from the next start on', async () => {
  const clientSecret = 'a-new-secret-of-ada-0123456789-abcd';
  const next = await world.start({ clients: [{ ...ada, clientSecret, scope: 'orders:read' }] });
  expect((await askToken(next)).statusCode).toBe(401);
  const headers = { authorization: basic('ada', clientSecret) };
  expect((await askToken(next, {}, headers)).statusCode).toBe(200);
  expect((await askToken(next, { scope: 'orders:write' }, headers)).statusCode).toBe(400);
  // Replicas that were there before read the same table.
  expect((await askToken(world.app, {}, headers)).statusCode).toBe(200);
});

test('a token names its key', async () => {
  const { access_token: token } = (await askToken(world.app)).json<TokenAnswer>();
  const { keys } = await keySet(world.app);
  expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(token).kid);
});
