import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { createLocalJWKSet, jwtVerify } from 'jose';
import {
  authorizeUrl,
  CALLBACK,
  createBrowser,
  exchange,
  newVerifier,
  refresh,
  signIn,
  type Browser,
  type Shown,
  type Tokens,
} from './browser.ts';
import { adaInPerson, AUDIENCE, ISSUER, keySet, setup } from './setup.ts';

const { username, password } = adaInPerson;
const ada = { username, password };

let world: Awaited<ReturnType<typeof setup>>;
let browser: Browser;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
  browser = createBrowser(world.app);
});
afterEach(() => world.stop());

function expectRefused(answer: Awaited<ReturnType<typeof exchange>>, error: string): void {
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error });
}

function expectSentBack({ url }: Shown, error: string): void {
  expect(url.origin + url.pathname).toBe(CALLBACK);
  expect(url.searchParams.get('error')).toBe(error);
  expect(url.searchParams.get('state')).toBe('a-state');
  expect(url.searchParams.has('code')).toBe(false);
}

test('login and consent lead back to the app with a code that is worth tokens of that person', async () => {
  const { back, code, verifier } = await signIn(browser);
  expect(back.url.origin + back.url.pathname).toBe(CALLBACK);
  expect(back.url.searchParams.get('state')).toBe('a-state');
  expect(back.url.searchParams.get('iss')).toBe(ISSUER);

  const answer = await exchange(world.app, { code, verifier });
  const tokens = answer.json<Tokens & { expires_in: number }>();
  expect(tokens).toMatchObject({ expires_in: 300, scope: 'orders:read orders:write' });
  const keys = createLocalJWKSet(await keySet(world.app));
  const verifyAccess = createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys });
  expect(await verifyAccess.check(`Bearer ${tokens.access_token}`)).toMatchObject({
    subject: 'ada',
    clientId: 'shop-web',
    scopes: new Set(['orders:read', 'orders:write']),
  });
  const { payload } = await jwtVerify(tokens.id_token, keys, { issuer: ISSUER });
  expect(payload).toMatchObject({ aud: 'shop-web', sub: 'ada', nonce: 'a-nonce' });
});

test('who is signed in is asked for consent again, but not for a password', async () => {
  await signIn(browser);
  const shown = await browser.visit(authorizeUrl());
  expect(shown.body).toContain('Allow Waymark shop?');
  expect(shown.body).toContain('Ada Example');
});

test('a consent for less gives less, whatever was allowed before', async () => {
  await signIn(browser);
  const { code, verifier } = await signIn(browser, { scope: 'openid orders:read' });
  const answer = await exchange(world.app, { code, verifier });
  expect(answer.json()).toMatchObject({ scope: 'orders:read' });
  expect(answer.json()).not.toHaveProperty('refresh_token');
});

test('who says no is led back without a code', async () => {
  const login = await browser.visit(authorizeUrl());
  expectSentBack(await browser.submit(login, 'cancel'), 'access_denied');
  const consent = await browser.submit(await browser.visit(authorizeUrl()), 'login', ada);
  expectSentBack(await browser.submit(consent, 'cancel'), 'access_denied');
});

test.each([
  ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
  ['a plain challenge', { code_challenge_method: 'plain' }],
  ['a challenge of no named method', { code_challenge_method: undefined }],
])('an authorization request with %s is refused', async (_what, changes) => {
  expectSentBack(await browser.visit(authorizeUrl(changes)), 'invalid_request');
});

test.each([
  ['that the client may not have', 'openid catalog:write'],
  ['that nobody has', 'openid everything'],
])('a scope %s is refused before anybody is asked', async (_what, scope) => {
  expectSentBack(await browser.visit(authorizeUrl({ scope })), 'invalid_scope');
});

test.each([
  'http://localhost:1/callback',
  'http://127.0.0.1:65535/callback',
  'http://[::1]:9/callback',
])('a local tool gets its answer at %s, whatever its port', async (redirectUri) => {
  const { back, code, verifier } = await signIn(browser, { redirect_uri: redirectUri });
  expect(back.url.href).toMatch(redirectUri);
  expect((await exchange(world.app, { code, verifier, redirectUri })).statusCode).toBe(200);
});

test.each([
  'http://localhost:1/other',
  'http://localhost:1/callback/',
  'http://localhost:1/callback?x=1',
  'https://localhost:1/callback',
  'http://localhost.evil.test/callback',
  'http://evil.test/callback',
  'http://localhost@evil.test/callback',
  'javascript:alert(1)',
])(
  'the unknown redirect address %s is refused on a page, and nobody is sent there',
  async (redirectUri) => {
    const shown = await browser.visit(authorizeUrl({ redirect_uri: redirectUri }));
    expect(shown.status).toBe(400);
    expect(shown.headers['content-type']).toMatch(/^text\/html/);
    expect(shown.body).toContain('invalid_redirect_uri');
    expect(shown.body).not.toContain('evil.test');
  },
);

test('a code works once, and who tries it again takes the tokens of the first with it', async () => {
  const { code, verifier } = await signIn(browser);
  const first = await exchange(world.app, { code, verifier });
  expectRefused(await exchange(world.app, { code, verifier }), 'invalid_grant');
  expectRefused(await refresh(world.app, first.json<Tokens>().refresh_token), 'invalid_grant');
});

test('of many who redeem one code at once, one gets tokens', async () => {
  const { code, verifier } = await signIn(browser);
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => exchange(world.app, { code, verifier })),
  );
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
});

test.each([
  ['a wrong verifier', newVerifier().verifier, CALLBACK],
  ['no verifier', '', CALLBACK],
  ['another redirect address', undefined, 'http://localhost:1/callback'],
])('a code with %s is worth nothing', async (_what, wrongVerifier, redirectUri) => {
  const { code, verifier } = await signIn(browser);
  const form = { code, verifier: wrongVerifier ?? verifier, redirectUri };
  expectRefused(await exchange(world.app, form), 'invalid_grant');
});
