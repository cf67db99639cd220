/** Tokens that are bound to a key (DPoP, RFC 9449), and thieves who have one. */
import { beforeEach, expect, test } from '@jest/globals';
import { httpErrors } from '@waymark/http/errors.ts';
import { createHolder, type Holder } from '@waymark/testing/holder.ts';
import { createTestIssuer, type TestIssuer } from '@waymark/testing/issuer.ts';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { createTokenVerifier, type TokenVerifier } from '../src/verifier.ts';

const ORIGIN = 'https://shop.test';
const PATH = '/v1/orders/7';
const target = { url: ORIGIN + PATH };
const now = () => Math.floor(Date.now() / 1000);
const refused = { kind: httpErrors['proof-invalid'] };

let issuer: TestIssuer;
let verifier: TokenVerifier;
let holder: Holder;
let bound: string;
beforeEach(async () => {
  issuer = await createTestIssuer();
  verifier = createTokenVerifier({ ...issuer, origin: ORIGIN });
  holder = await createHolder();
  bound = await issuer.bearer('ada', 'orders:read', { cnf: holder.cnf });
});

function check(
  { authorization, dpop }: { authorization: string; dpop?: string },
  { method = 'GET', paths = [PATH] } = {},
) {
  return verifier.check(authorization, { proof: dpop, method, paths });
}

test('a bound token is taken with a proof of its key, and the proof has an id', async () => {
  const caller = await check(await holder.headers(bound, target));
  expect(caller).toMatchObject({ subject: 'ada', scopes: new Set(['orders:read']) });
  const next = await check(await holder.headers(bound, target));
  expect(caller.proofId).toMatch(/^[\w-]{43}$/);
  expect(next.proofId).not.toBe(caller.proofId);
});

test('the same proof has the same id, and the same jti of another key another one', async () => {
  const changes = { claims: { jti: 'one' } };
  const once = await check(await holder.headers(bound, target, changes));
  const again = await check(await holder.headers(bound, target, changes));
  expect(again.proofId).toBe(once.proofId);
  const other = await createHolder();
  const bobs = await issuer.bearer('bob', '', { cnf: other.cnf });
  expect((await check(await other.headers(bobs, target, changes))).proofId).not.toBe(once.proofId);
});

test('the query and fragment do not count', async () => {
  for (const rest of ['?a=1', '#x'])
    await check(await holder.headers(bound, { url: target.url + rest }));
});

test('a bound token is no bearer token, remembered or not', async () => {
  const { dpop } = await holder.headers(bound, target);
  for (const headers of [{ authorization: bound }, { authorization: bound, dpop }])
    await expect(check(headers)).rejects.toMatchObject(refused);
  await check(await holder.headers(bound, target));
  await expect(check({ authorization: bound })).rejects.toMatchObject(refused);
  await expect(verifier.check(bound)).rejects.toMatchObject(refused);
});

test('a bearer token with a proof is no bound token', async () => {
  const bearer = await issuer.bearer('ada', 'orders:read');
  await expect(check(await holder.headers(bearer, target))).rejects.toMatchObject(refused);
});

test('a token that is bound in another way is refused', async () => {
  const odd = await issuer.bearer('ada', '', { cnf: { 'x5t#S256': 'x' } });
  for (const headers of [{ authorization: odd }, await holder.headers(odd, target)])
    await expect(check(headers)).rejects.toMatchObject({ kind: httpErrors['token-invalid'] });
});

test.each<[string, Record<string, unknown>]>([
  ['another method', { htm: 'POST' }],
  ['another path', { htu: `${ORIGIN}/v1/orders/8` }],
  ['an address below', { htu: `${target.url}/events` }],
  ['another host', { htu: `https://evil.test${PATH}` }],
  ['another scheme', { htu: `http://shop.test${PATH}` }],
  ['another port', { htu: `https://shop.test:8443${PATH}` }],
  ['no address', { htu: undefined }],
  ['an address that is none', { htu: PATH }],
  ['another token', { ath: 'x'.repeat(43) }],
  ['no token', { ath: undefined }],
  ['a moment too long ago', { iat: now() - 122 }],
  ['a moment to come', { iat: now() + 62 }],
  ['no moment', { iat: undefined }],
  ['no id', { jti: undefined }],
  ['an empty id', { jti: '' }],
  ['an end that is over', { exp: now() - 1 }],
])('a proof made for %s is refused', async (_what, claims) => {
  const headers = await holder.headers(bound, target, { claims });
  await expect(check(headers)).rejects.toMatchObject(refused);
});

test('a proof of another key is refused, also one that shows the right key', async () => {
  const thief = await createHolder();
  await expect(check(await thief.headers(bound, target))).rejects.toMatchObject(refused);
  const { dpop } = await holder.headers(bound, target);
  const [head = ''] = dpop.split('.');
  const { jwk } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { jwk: object };
  const disguised = await thief.headers(bound, target, { header: { jwk } });
  await expect(check(disguised)).rejects.toMatchObject(refused);
});

test.each<[string, Record<string, unknown>]>([
  ['another type', { typ: 'JWT' }],
  ['no type', { typ: undefined }],
  ['no key', { jwk: undefined }],
  ['a key that is none', { jwk: { kty: 'EC' } }],
  ['a key by address', { jwk: undefined, jku: 'https://evil.test/jwks' }],
])('a proof with %s is refused', async (_what, header) => {
  const headers = await holder.headers(bound, target, { header });
  await expect(check(headers)).rejects.toMatchObject(refused);
});

test('a proof with a private key, a symmetric one or no signature is refused', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const withPrivate = { jwk: await exportJWK(privateKey) };
  const { authorization, dpop } = await holder.headers(bound, target);
  const [, payload = '', signature = ''] = dpop.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const secret = new TextEncoder().encode(await exportSPKI(publicKey));
  const symmetric = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct' } })
    .sign(secret);
  const none = Buffer.from('{"alg":"none","typ":"dpop+jwt"}').toString('base64url');
  const proofs = [
    await holder.proof({ ...claims }, withPrivate),
    symmetric,
    `${none}.${payload}.`,
    `${none}.${payload}.${signature}`,
    `${dpop}, ${dpop}`,
    '',
    'x',
  ];
  for (const bad of proofs)
    await expect(check({ authorization, dpop: bad })).rejects.toMatchObject(refused);
});
