import { expect, jest, test } from '@jest/globals';
import { httpErrors } from '@waymark/http/errors.ts';
import { createServer } from '@waymark/http/server.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestIssuer, type TestIssuer } from '@waymark/testing/issuer.ts';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type GenerateKeyPairResult } from 'jose';
import { callerOf, requireScope } from '../src/require-scope.ts';
import { createTokenVerifier } from '../src/verifier.ts';

const invalid = { kind: httpErrors['token-invalid'] };
const now = () => Math.floor(Date.now() / 1000);

async function setup() {
  const issuer = await createTestIssuer();
  return { issuer, verifier: createTokenVerifier(issuer) };
}

test('a good token tells who is asking, with what scopes and until when', async () => {
  const { issuer, verifier } = await setup();
  const exp = now() + 60;
  const token = await issuer.bearer('ada', 'orders:read  orders:write', { client_id: 'web', exp });
  expect(await verifier.check(token)).toEqual({
    subject: 'ada',
    clientId: 'web',
    scopes: new Set(['orders:read', 'orders:write']),
    expiresAt: new Date(exp * 1000),
  });
  expect((await verifier.check(token.replace('Bearer', 'bearer'))).subject).toBe('ada');
  const many = await issuer.bearer('ada', '', { aud: ['urn:other', issuer.audience] });
  expect((await verifier.check(many)).scopes.size).toBe(0);
});

test.each([
  ['another audience', { aud: 'urn:other' }],
  ['no audience', { aud: undefined }],
  ['another issuer', { iss: 'http://issuer.test' }],
  ['no issuer', { iss: undefined }],
  ['an expiry that has passed', { exp: now() - 62 }],
  ['no expiry', { exp: undefined }],
  ['a start that has not come', { nbf: now() + 70 }],
  ['a time of issue that has not come', { iat: now() + 70 }],
  ['a life of an hour', { iat: now() - 1000, exp: now() + 2600 }],
  ['no subject', { sub: undefined }],
  ['no client', { client_id: undefined }],
  ['no time of issue', { iat: undefined }],
])('a token with %s is refused', async (_name, claims) => {
  const { issuer, verifier } = await setup();
  const token = await issuer.bearer('ada', 'orders:read', claims);
  await expect(verifier.check(token)).rejects.toMatchObject(invalid);
});

test('clocks may differ by a minute', async () => {
  const { issuer, verifier } = await setup();
  for (const claims of [{ exp: now() - 55 }, { nbf: now() + 55, iat: now() + 55 }])
    expect((await verifier.check(await issuer.bearer('ada', '', claims))).subject).toBe('ada');
});

test('a missing header is told apart from a bad one', async () => {
  const { verifier } = await setup();
  await expect(verifier.check(undefined)).rejects.toMatchObject({
    kind: httpErrors['token-missing'],
  });
  for (const header of [
    '',
    'Bearer',
    'Bearer x',
    'Basic YTpi',
    'Bearer a.b.c',
    'Bearer a.b.c d',
    'Bearer ..',
  ])
    await expect(verifier.check(header)).rejects.toMatchObject(invalid);
});

type Key = GenerateKeyPairResult['privateKey'];

/** Signs what a good token says with other keys and by other rules. */
async function forged(issuer: TestIssuer, header: object, key: Key | Uint8Array) {
  const [, payload = ''] = (await issuer.bearer('ada', 'orders:write')).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const alg = key instanceof Uint8Array ? 'HS256' : 'ES256';
  const protectedHeader = { alg, kid: 'test', typ: 'at+jwt', ...header };
  return `Bearer ${await new SignJWT(claims).setProtectedHeader(protectedHeader).sign(key)}`;
}

test('the algorithm "none", with and without a signature, is refused', async () => {
  const { issuer, verifier } = await setup();
  const [, payload = '', signature = ''] = (await issuer.bearer('ada', '')).split('.');
  const none = { alg: 'none', kid: 'test', typ: 'at+jwt' };
  const header = Buffer.from(JSON.stringify(none)).toString('base64url');
  for (const end of ['', signature])
    await expect(verifier.check(`Bearer ${header}.${payload}.${end}`)).rejects.toMatchObject(
      invalid,
    );
});

test('a signature that was stripped, cut, or made for other claims is refused', async () => {
  const { issuer, verifier } = await setup();
  const token = await issuer.bearer('ada', 'orders:read');
  const [header = '', payload = '', signature = ''] = token.split('.');
  const [, others = ''] = (await issuer.bearer('bob', 'orders:read')).split('.');
  for (const spoilt of [
    `${header}.${payload}.`,
    `${header}.${payload}.${signature.slice(0, -4)}`,
    `${header}.${others}.${signature}`,
  ])
    await expect(verifier.check(spoilt)).rejects.toMatchObject(invalid);
});

test('a token that another key signed is refused, also under the name of ours', async () => {
  const { issuer, verifier } = await setup();
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  for (const header of [{}, { kid: 'other' }, { jwk }, { kid: undefined }])
    await expect(verifier.check(await forged(issuer, header, privateKey))).rejects.toMatchObject(
      invalid,
    );
});

test('HMAC with the public key as its secret is refused', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const issuer = await createTestIssuer();
  const verifier = createTokenVerifier({ ...issuer, keys: () => publicKey });
  expect((await verifier.check(await forged(issuer, {}, privateKey))).subject).toBe('ada');
  const secret = new TextEncoder().encode(await exportSPKI(publicKey));
  await expect(verifier.check(await forged(issuer, {}, secret))).rejects.toMatchObject(invalid);
});

test.each(['JWT', 'id+jwt', undefined])('a token of type %s is no access token', async (typ) => {
  const { issuer, verifier } = await setup();
  const claims = { sub: 'ada', client_id: 'ada' };
  await expect(verifier.check(await issuer.sign(claims, { typ }))).rejects.toMatchObject(invalid);
});

test('a route lets in who has its scope, and knows the caller', async () => {
  const { issuer, verifier } = await setup();
  const server = createServer({ log: silentLog, metrics: createMetrics('test') });
  const onRequest = requireScope(verifier, { own: 'orders:write' });
  server.get('/guarded', { onRequest }, async (request) => callerOf(request).subject);
  server.get('/open', async (request) => callerOf(request).subject);
  const ask = (url: string, authorization?: string) =>
    server.inject({ url, headers: authorization === undefined ? {} : { authorization } });

  expect((await ask('/guarded', await issuer.bearer('ada', 'orders:write'))).body).toBe('ada');
  const without = await ask('/guarded', await issuer.bearer('ada', 'orders:writer orders:read'));
  expect(without.json()).toMatchObject({
    status: 403,
    code: 'scope-missing',
    scope: 'orders:write',
  });
  const missing = await ask('/guarded');
  expect([missing.statusCode, missing.headers['www-authenticate']]).toEqual([
    401,
    expect.stringContaining('Bearer'),
  ]);
  expect((await ask('/open', await issuer.bearer('ada', 'orders:write'))).statusCode).toBe(500);
  await server.close();
});

test('a token that was checked is remembered for a minute, and never past its end', async () => {
  const { issuer } = await setup();
  let fetched = 0;
  const keys: typeof issuer.keys = (...args) => {
    fetched += 1;
    return issuer.keys(...args);
  };
  const verifier = createTokenVerifier({ ...issuer, keys });
  const long = await issuer.bearer('ada', 'orders:read');
  const short = await issuer.bearer('ada', 'orders:read', {
    exp: Math.floor(Date.now() / 1000) + 30,
  });
  for (const token of [long, long, short, short]) await verifier.check(token);
  expect(fetched).toBe(2);

  const now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 31_000);
  await verifier.check(long);
  expect(fetched).toBe(2);
  await verifier.check(short);
  expect(fetched).toBe(3);
  clock.mockReturnValue(now + 61_000);
  await verifier.check(long);
  expect(fetched).toBe(4);
  clock.mockRestore();
});

test('a token that differs from a remembered one in its signature alone is refused', async () => {
  const { issuer, verifier } = await setup();
  const token = await issuer.bearer('ada', 'orders:read');
  await verifier.check(token);
  const last = token.endsWith('A') ? 'Q' : 'A';
  await expect(verifier.check(token.slice(0, -1) + last)).rejects.toMatchObject({
    kind: { code: 'token-invalid' },
  });
});
