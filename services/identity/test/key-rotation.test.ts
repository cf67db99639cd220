/** Keys change under load, on two replicas, and nobody who checks tokens notices. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { App } from '@waymark/lifecycle/app.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { remoteKeys } from '@waymark/tokens/remote-keys.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { decodeProtectedHeader } from 'jose';
import type { AddressInfo } from 'node:net';
import {
  ada,
  askToken,
  AUDIENCE,
  basic,
  ISSUER,
  keySet,
  setup,
  type TokenAnswer,
} from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

async function rotate(publishedFor = '0 s', neededFor = '370 s'): Promise<void> {
  await world.database.query('select rotate_signing_key($1, $2)', [publishedFor, neededFor]);
}

async function states(): Promise<string[]> {
  const rows = await world.database.query<{ state: string }>(
    'select state from signing_keys order by created_at desc, state desc',
  );
  return rows.map(({ state }) => state).sort();
}

async function signingKid(app: App): Promise<string> {
  const { access_token: token } = (await askToken(app)).json<TokenAnswer>();
  return decodeProtectedHeader(token).kid ?? '';
}

function start(app: App): void {
  for (const part of app.parts) part.start();
}

test('the key that signs next is published long before, and signs after the rotation', async () => {
  start(world.app);
  const [current, next] = (await keySet(world.app)).keys.map(({ kid }) => kid);
  expect(await signingKid(world.app)).toBe(current);
  await rotate();
  await eventually(async () => {
    expect(await signingKid(world.app)).toBe(next);
    const { keys } = await keySet(world.app);
    expect(keys).toHaveLength(3);
    expect(keys.map(({ kid }) => kid)).toContain(current);
  });
  expect(await states()).toEqual(['current', 'next', 'retired']);
});

test('a key that may not be known everywhere yet does not begin to sign', async () => {
  await expect(rotate('15 s')).rejects.toThrow(/not known everywhere yet: try again in 1[45] s/);
  expect(await states()).toEqual(['current', 'next']);
});

test('without a next key there is nothing to rotate to', async () => {
  await rotate();
  await expect(rotate()).rejects.toThrow('not known everywhere yet');
});

test('a retired key is published until its time is over, and then forgotten', async () => {
  start(world.app);
  const retired = await signingKid(world.app);
  await rotate('0 s', '60 s');
  const published = async () => (await keySet(world.app)).keys.map(({ kid }) => kid);
  await eventually(async () => {
    expect(await signingKid(world.app)).not.toBe(retired);
  });
  expect(await published()).toContain(retired);
  world.time.now = new Date(Date.now() + 61_000);
  await eventually(async () => {
    expect(await published()).not.toContain(retired);
  });
  const next = await world.start();
  start(next);
  await eventually(async () => {
    expect(await states()).toEqual(['current', 'next']);
  });
});

test('two rotations at once are one, and replicas make one next key', async () => {
  const other = await world.start();
  const outcomes = await Promise.allSettled([rotate(), rotate()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const app of [world.app, other]) start(app);
  await eventually(async () => {
    expect(await states()).toEqual(['current', 'next', 'retired']);
  });
});

async function listen(app: App): Promise<string> {
  start(app);
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  return `http://127.0.0.1:${String(port)}/identity`;
}

async function fetchToken(address: string): Promise<string> {
  const answer = await fetch(`${address}/token`, {
    method: 'POST',
    headers: { authorization: basic(ada.clientId, ada.clientSecret) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read' }),
  });
  return ((await answer.json()) as TokenAnswer).access_token;
}

const COOLDOWN_MS = 300;

test('under load, with strangers who make up keys, two rotations fail not one request', async () => {
  const replicas = await Promise.all([world.app, await world.start()].map(listen));
  const services = replicas.map((address) =>
    createTokenVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: remoteKeys(`${address}/jwks`, { cooldownMs: COOLDOWN_MS }),
    }),
  );
  const seen = new Map<string, number>();
  const failures: unknown[] = [];
  let isOver = false;

  async function customer(address: string): Promise<void> {
    while (!isOver) {
      const token = await fetchToken(address);
      const kid = decodeProtectedHeader(token).kid ?? '';
      for (const service of services)
        await service
          .check(`Bearer ${token}`)
          .catch((error: unknown) => failures.push([kid, error]));
      seen.set(kid, (seen.get(kid) ?? 0) + 1);
    }
  }

  let refused = 0;
  /** Keeps the services' cooldown from ever being over. */
  async function stranger(address: string): Promise<void> {
    for (let n = 0; !isOver; n += 1) {
      const [, ...rest] = (await fetchToken(address)).split('.');
      const header = { alg: 'ES256', typ: 'at+jwt', kid: `made-up-${String(n)}` };
      const forged = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
      for (const service of services)
        await service.check(`Bearer ${forged}`).catch(() => (refused += 1));
    }
  }

  const load = [...replicas, ...replicas].map(customer);
  load.push(...replicas.map(stranger));
  const isUsed = (count: number) => async () => {
    expect([...seen.values()].filter((requests) => requests >= 20)).toHaveLength(count);
  };
  await eventually(isUsed(1), 20_000);
  for (const count of [2, 3]) {
    await eventually(() => rotate('1 s'), 20_000);
    await eventually(isUsed(count), 20_000);
  }
  isOver = true;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(refused).toBeGreaterThan(20);
}, 60_000);
