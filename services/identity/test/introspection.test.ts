import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { askAsApp, createBrowser, exchange, signIn, type Tokens } from './browser.ts';
import {
  ada,
  adaInPerson,
  askToken,
  AUDIENCE,
  basic,
  ISSUER,
  partnerApi,
  setup,
  staff,
  type TokenAnswer,
} from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
});
afterEach(() => world.stop());

function introspect(
  token: string,
  client: { clientId: string; clientSecret: string } = partnerApi,
) {
  return world.app.server.inject({
    method: 'POST',
    url: '/identity/token/introspection',
    headers: {
      authorization: basic(client.clientId, client.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ token }).toString(),
  });
}

async function tokenOfAda(): Promise<string> {
  return (await askToken(world.app)).json<TokenAnswer>().access_token;
}

async function tokensInPerson(): Promise<Tokens> {
  return (await exchange(world.app, await signIn(createBrowser(world.app)))).json<Tokens>();
}

test('a good access token is active, and told about', async () => {
  const answer = await introspect(await tokenOfAda());
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json()).toEqual({
    active: true,
    token_type: 'Bearer',
    client_id: 'ada',
    sub: 'ada',
    scope: 'orders:read',
    iss: ISSUER,
    aud: AUDIENCE,
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
  });
});

test('a client asks about its own tokens, and about others only where the list lets it', async () => {
  const token = await tokenOfAda();
  expect((await introspect(token, ada)).json()).toMatchObject({ active: true });
  expect((await introspect(token, staff)).json()).toEqual({ active: false });
  const { refresh_token: refreshToken } = await tokensInPerson();
  expect((await introspect(refreshToken)).json()).toMatchObject({ active: true, sub: 'ada' });
  expect((await introspect(refreshToken, staff)).json()).toEqual({ active: false });
});

test('who does not show who it is learns nothing', async () => {
  const token = await tokenOfAda();
  expect((await introspect(token, { ...ada, clientSecret: staff.clientSecret })).statusCode).toBe(
    401,
  );
  const { access_token: own, refresh_token: refreshToken } = await tokensInPerson();
  for (const any of [token, own, refreshToken]) {
    const answer = await askAsApp(world.app, 'token/introspection', { token: any });
    expect(answer.json()).toEqual({ active: false });
  }
});

test('a token that is spoilt, made by another key, or no token at all is inactive', async () => {
  const token = await tokenOfAda();
  const [header = '', payload = ''] = token.split('.');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const now = Math.floor(Date.now() / 1000);
  const forged = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', client_id: 'ada' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', jwk: await exportJWK(privateKey) })
    .setExpirationTime(now + 60)
    .sign(privateKey);
  const { id_token: idToken } = await tokensInPerson();
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  for (const bad of [forged, `${header}.${payload}.`, `${none}.${payload}.`, idToken, 'x', 'a.b.c'])
    expect((await introspect(bad)).json()).toEqual({ active: false });
});

test('a revoked refresh token is inactive at once, and so are the access tokens of its grant', async () => {
  const tokens = await tokensInPerson();
  expect((await introspect(tokens.access_token)).json()).toMatchObject({ active: true });
  await askAsApp(world.app, 'token/revocation', { token: tokens.refresh_token });
  expect((await introspect(tokens.refresh_token)).json()).toEqual({ active: false });
  expect((await introspect(tokens.access_token)).json()).toEqual({ active: false });
});

test("a client cannot revoke another's token, and is not told whether it was one", async () => {
  const { refresh_token: refreshToken } = await tokensInPerson();
  for (const token of [refreshToken, 'no-such-token']) {
    const answer = await world.app.server.inject({
      method: 'POST',
      url: '/identity/token/revocation',
      headers: {
        authorization: basic(ada.clientId, ada.clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ token }).toString(),
    });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  }
  expect((await introspect(refreshToken)).json()).toMatchObject({ active: true });
});

test('an access token by itself cannot be revoked, and the client is told so', async () => {
  const { access_token: token } = await tokensInPerson();
  const answer = await askAsApp(world.app, 'token/revocation', { token });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error: 'unsupported_token_type' });
});
