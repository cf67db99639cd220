/** Who is let in. No request here changes anything, so they share one service. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { body, expectProblem, setup, type World } from './setup.ts';

const SCOPE = 'orders:read orders:write';

let world: World;
beforeAll(async () => {
  world = await setup();
});
afterAll(() => world.stop());

const routes = [
  ['GET', '/v1/orders'],
  ['GET', `/v1/orders/${randomUUID()}`],
  ['POST', '/v1/orders'],
  ['POST', `/v1/orders/${randomUUID()}/cancel`],
] as const;

/** The answers of every route to the same Authorization header. */
function askAll(authorization: string | undefined) {
  return Promise.all(
    routes.map(([method, url]) =>
      world.app.server.inject({
        method,
        url,
        headers: {
          'idempotency-key': 'a-key',
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(url === '/v1/orders' && method === 'POST' ? { payload: body } : {}),
      }),
    ),
  );
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A good token's claims under another header, signed with whatever `sign` makes. */
function forged(header: object, sign: (input: string) => string): string {
  const claims = world.ada.split('.')[1] ?? '';
  const input = `${base64url({ kid: 'test', typ: 'at+jwt', ...header })}.${claims}`;
  return `Bearer ${input}.${sign(input)}`;
}

const hmac = (secret: string) => (input: string) =>
  createHmac('sha256', secret).update(input).digest('base64url');
const past = () => Math.floor(Date.now() / 1000) - 60;
const claims = (change: Record<string, unknown>) => () => world.issuer.bearer('ada', SCOPE, change);

const bad: Record<string, () => string | Promise<string>> = {
  'that has expired': () => world.issuer.bearer('ada', SCOPE, { exp: past() }),
  'that is not valid yet': () => world.issuer.bearer('ada', SCOPE, { nbf: past() + 600 }),
  'for another audience': claims({ aud: 'urn:someone:else' }),
  'for no audience': claims({ aud: undefined }),
  'of another issuer': claims({ iss: 'http://issuer.evil/identity' }),
  'without a subject': claims({ sub: undefined }),
  'without an expiry': claims({ exp: undefined }),
  'without a client': claims({ client_id: undefined }),
  'that is an ID token': () => world.issuer.sign({ sub: 'ada', scope: SCOPE }, { typ: 'JWT' }),
  'without a type': () => world.issuer.sign({ sub: 'ada', scope: SCOPE }, { typ: undefined }),
  'signed with HS256 and an empty secret': () => forged({ alg: 'HS256' }, hmac('\0')),
  'signed with HS256 and the key id': () => forged({ alg: 'HS256' }, hmac('test')),
  'signed by nobody (none)': () => forged({ alg: 'none' }, () => ''),
  'signed by nobody (nOnE)': () => forged({ alg: 'nOnE' }, () => ''),
  'with a signature of zeros': () =>
    forged({ alg: 'ES256' }, () => Buffer.alloc(64).toString('base64url')),
  'with the signature of another token': async () =>
    world.ada.replace(/[^.]+$/, (await claims({ sub: 'bob' })()).split('.')[2] ?? ''),
  'with a key id of nobody': () => forged({ alg: 'ES256', kid: 'other' }, hmac('x')),
  'with a header that must be understood and is not': () =>
    forged({ alg: 'ES256', crit: ['exp'] }, hmac('x')),
  'that is a word': () => 'Bearer token',
  'that is empty': () => 'Bearer ',
  'of three empty parts': () => 'Bearer ..',
  'whose parts are not JSON': () => 'Bearer YQ.YQ.YQ',
  'in the Basic scheme': () => 'Basic YWRhOmFkYQ==',
  'without its scheme': () => world.ada.replace('Bearer ', ''),
  'given twice': () => `${world.ada}, ${world.ada}`,
};

test.each(Object.keys(bad))('a token %s opens no route', async (name) => {
  for (const answer of await askAll(await bad[name]?.())) {
    expectProblem(answer, 401, 'token-invalid');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  }
});

test('without a token no route opens', async () => {
  for (const answer of await askAll(undefined)) {
    expectProblem(answer, 401, 'token-missing');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  }
});

test('a token of the right type, signed by the same hand, opens the door', async () => {
  const token = await world.issuer.sign({ sub: 'ada', scope: SCOPE });
  expect((await world.get('/v1/orders', token)).statusCode).toBe(200);
});

test.each<[string, string[]]>([
  ['', []],
  ['orders', []],
  ['orders:read', ['GET']],
  ['orders:write', ['POST']],
  ['ORDERS:READ', []],
  ['catalog:write inventory:write', []],
])('the scope "%s" opens only %j', async (scope, opened) => {
  const answers = await askAll(await world.issuer.bearer('ada', scope));
  for (const [index, [method]] of routes.entries()) {
    const answer = answers[index];
    if (answer === undefined) throw new Error('no answer');
    if (opened.includes(method)) expect(answer.statusCode).not.toBe(403);
    else expectProblem(answer, 403, 'scope-missing');
  }
});

test('a token is checked before the body is read', async () => {
  const answer = await world.place('{ not JSON', 'a key', { authorization: 'Bearer ..' });
  expectProblem(answer, 401, 'token-invalid');
});
