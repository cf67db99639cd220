/** Tokens that are bound to a key (DPoP, RFC 9449), from the request for them on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHolder, type Holder } from '@waymark/testing/holder.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { createLocalJWKSet, decodeJwt } from 'jose';
import { createBrowser, exchange, refresh, signIn, type Tokens } from './browser.ts';
import {
  adaInPerson,
  askToken,
  AUDIENCE,
  ISSUER,
  keySet,
  setup,
  type TokenAnswer,
} from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
let holder: Holder;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
  holder = await createHolder();
});
afterEach(() => world.stop());

const forTokens = { htm: 'POST', htu: `${ISSUER}/token` };

test('a token that was asked for with a proof is bound to its key, and taken with proofs of it', async () => {
  const dpop = await holder.proof(forTokens);
  const answer = (await askToken(world.app, {}, { dpop })).json<TokenAnswer>();
  expect(answer.token_type).toBe('DPoP');
  expect(decodeJwt(answer.access_token)).toMatchObject({ cnf: holder.cnf });
  const keys = createLocalJWKSet(await keySet(world.app));
  const verifier = createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys });
  const url = new URL('/v1/orders', ISSUER).href;
  const asked = await holder.headers(answer.access_token, { url });
  const paths = ['/v1/orders'];
  const ask = { proof: asked.dpop, method: 'GET', paths };
  expect(await verifier.check(asked.authorization, ask)).toMatchObject({ subject: 'ada' });
  await expect(verifier.check(`Bearer ${answer.access_token}`, ask)).rejects.toMatchObject({
    kind: { code: 'proof-invalid' },
  });
});

test('a proof gets a token once, though many send it at the same moment', async () => {
  const dpop = await holder.proof(forTokens);
  const other = await world.start();
  const asked = [0, 1, 2, 3, 4, 5].map((n) => askToken(n % 2 ? other : world.app, {}, { dpop }));
  const answers = await Promise.all(asked);
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  expect(answers.filter(({ statusCode }) => statusCode >= 500)).toHaveLength(0);
});

test.each<[string, Record<string, unknown>]>([
  ['another method', { htm: 'GET' }],
  ['another address', { htu: `${ISSUER}/auth` }],
  ['another server', { htu: 'http://evil.test/identity/token' }],
  ['a moment long ago', { iat: Math.floor(Date.now() / 1000) - 600 }],
])('a proof made for %s gets no token', async (_what, claims) => {
  const dpop = await holder.proof({ ...forTokens, ...claims });
  const answer = await askToken(world.app, {}, { dpop, host: 'evil.test' });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error: 'invalid_dpop_proof' });
});

test("an app's refresh token is bound as well: without its key, or with another, it is worth nothing", async () => {
  const browser = createBrowser(world.app);
  const { code, verifier } = await signIn(browser);
  const proof = () => holder.proof(forTokens);
  const first = await exchange(world.app, { code, verifier, dpop: await proof() });
  const { refresh_token: token } = first.json<Tokens>();
  const thief = await createHolder();
  const bare = await refresh(world.app, token);
  expect(bare.json()).toMatchObject({ error: expect.stringMatching(/^invalid_/) });
  const stolen = await refresh(world.app, token, { dpop: await thief.proof(forTokens) });
  expect(stolen.json()).toMatchObject({ error: 'invalid_grant' });
  const renewed = await refresh(world.app, token, { dpop: await proof() });
  expect(renewed.json()).toMatchObject({ token_type: 'DPoP' });
});
