/** Programs that show who they are by a signature (private_key_jwt, RFC 7523), and those who pretend to. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import type { ClientEntry } from '../src/clients.ts';
import { ada, askToken, ISSUER, setup, shopWeb } from './setup.ts';

const now = () => Math.floor(Date.now() / 1000);

async function setupWithKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const outfitter = {
    clientId: 'outfitter',
    publicKey: { kty, crv, x, y } as { kty: 'EC'; crv: 'P-256'; x: string; y: string },
    scope: 'webhooks:read webhooks:write',
    name: 'A partner that signs',
  } satisfies ClientEntry;
  const world = await setup({ clients: [ada, outfitter, shopWeb] });
  const good = () => ({
    iss: 'outfitter',
    sub: 'outfitter',
    aud: ISSUER,
    iat: now(),
    exp: now() + 60,
    jti: randomUUID(),
  });
  return { ...world, privateKey, publicKey, good };
}

let world: Awaited<ReturnType<typeof setupWithKey>>;
beforeEach(async () => {
  world = await setupWithKey();
});
afterEach(() => world.stop());

type Key = Parameters<SignJWT['sign']>[0];

function signed(
  claims: Record<string, unknown>,
  key: Key = world.privateKey,
  alg = 'ES256',
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
}

function ask(assertion: string, form: Record<string, string> = {}, app = world.app) {
  return askToken(
    app,
    {
      scope: 'webhooks:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...form,
    },
    { authorization: undefined },
  );
}

test('a program that signs gets a token', async () => {
  const answer = await ask(await signed(world.good()));
  expect(answer.json()).toMatchObject({ token_type: 'Bearer', scope: 'webhooks:read' });
});

test('an assertion works once, on whichever replica', async () => {
  const assertion = await signed(world.good());
  expect((await ask(assertion)).statusCode).toBe(200);
  expect((await ask(assertion)).json()).toMatchObject({ error: 'invalid_client' });
  expect((await ask(assertion, {}, await world.start())).statusCode).toBe(401);
});

test('of many who send one assertion at the same moment, one gets a token', async () => {
  const assertion = await signed(world.good());
  const other = await world.start();
  const asked = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => ask(assertion, {}, n % 2 ? other : world.app));
  const answers = await Promise.all(asked);
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  expect(answers.filter(({ statusCode }) => statusCode >= 500)).toHaveLength(0);
});

test.each<[string, () => Record<string, unknown>]>([
  ['has expired', () => ({ iat: now() - 120, exp: now() - 60 })],
  ['never expires', () => ({ exp: undefined })],
  ['is valid for an hour', () => ({ exp: now() + 3600 })],
  ['is not valid yet', () => ({ nbf: now() + 60 })],
  ['was made for another server', () => ({ aud: 'http://elsewhere.test/identity' })],
  ['was made for nobody', () => ({ aud: undefined })],
  ['has no id', () => ({ jti: undefined })],
  ["is another client's", () => ({ iss: 'ada' })],
  ['speaks of another client', () => ({ sub: 'ada' })],
  ['speaks of a client that there is not', () => ({ iss: 'eve', sub: 'eve' })],
])('an assertion that %s is refused', async (_what, changes) => {
  const answer = await ask(await signed({ ...world.good(), ...changes() }));
  expect(answer.statusCode).toBe(401);
  expect(answer.json()).toMatchObject({ error: 'invalid_client' });
});

test('an assertion that another key signed is refused', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  expect((await ask(await signed(world.good(), privateKey))).statusCode).toBe(401);
});

test('HMAC with the public key as its secret is refused, and so is no signature at all', async () => {
  const secret = new TextEncoder().encode(await exportSPKI(world.publicKey));
  expect((await ask(await signed(world.good(), secret, 'HS256'))).statusCode).toBe(401);
  const [, payload = '', signature = ''] = (await signed(world.good())).split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  for (const end of ['', signature])
    expect((await ask(`${none}.${payload}.${end}`)).statusCode).toBe(401);
});

test('its id alone, or with a secret in place of the signature, is not enough', async () => {
  const alone = await askToken(world.app, { client_id: 'outfitter' }, { authorization: undefined });
  expect(alone.statusCode).toBe(401);
  const basic = `Basic ${Buffer.from('outfitter:').toString('base64')}`;
  const answer = await askToken(world.app, {}, { authorization: basic });
  expect([400, 401]).toContain(answer.statusCode);
});

test('a signature does not stand in for the secret of a client that has one', async () => {
  const assertion = await signed({ ...world.good(), iss: 'ada', sub: 'ada' });
  expect((await ask(assertion, { scope: 'orders:read' })).statusCode).toBe(401);
});
