/** Whose requests count together, and that nobody gets a second budget by what they send. */
import { expect, test } from '@jest/globals';
import { count, setupLimits, statuses, times } from './limits-setup.ts';

const SCOPES = 'orders:read orders:write catalog:write';

test('two clients have two budgets, and so have two subjects of one client', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 1 });
  const bearer = (subject: string, client: string) =>
    world.issuer.bearer(subject, SCOPES, { client_id: client });
  const callers = [
    ['ada', 'web'],
    ['bob', 'web'],
    ['ada', 'app'],
    ['b:c', 'a'],
    ['c', 'a:b'],
  ] as const;
  for (const [subject, client] of callers) {
    const headers = { authorization: await bearer(subject, client) };
    expect((await world.ask('/v1/orders', { headers })).status).toBe(200);
    expect((await world.ask('/v1/orders', { headers })).status).toBe(429);
  }
});

test('reads, writes, products and sign-in are limited apart', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 1 });
  const headers = { authorization: world.ada };
  const asks = () => [
    world.ask('/v1/orders', { headers }),
    world.ask('/v1/orders', { method: 'POST', headers }),
    world.ask('/v1/products'),
    world.ask('/identity/token', { method: 'POST' }),
  ];
  expect(await statuses(asks())).toEqual([200, 200, 200, 200]);
  expect(await statuses(asks())).toEqual([429, 429, 429, 429]);
});

test('a token of another kind, of the same client, has the same budget', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 1 });
  const narrow = await world.issuer.bearer('ada', 'inventory:read');
  const first = await world.ask('/v1/orders', { headers: { authorization: narrow } });
  expect(first.status).toBe(403);
  const second = await world.ask('/v1/orders', { headers: { authorization: world.ada } });
  expect(second.status).toBe(429);
});

test('guessing tokens is limited by address, and costs the one whose token is good nothing', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 3 });
  const guess = () => world.ask('/v1/orders', { headers: { authorization: 'Bearer a.b.c' } });
  const all = await statuses(times(10).map(guess));
  expect([count(all, 401), count(all, 429)]).toEqual([3, 7]);
  expect((await world.ask('/v1/orders')).status).toBe(429);
  const headers = { authorization: world.ada };
  expect((await world.ask('/v1/orders', { headers })).status).toBe(200);
});

test('a forged X-Forwarded-For gives no new budget', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 3 });
  const asked = times(9).map((number) =>
    world.ask('/v1/products', { headers: { 'x-forwarded-for': `10.0.0.${String(number)}` } }),
  );
  expect(count(await statuses(asked), 200)).toBe(3);
});

test('behind a proxy of ours the address that it saw counts, whatever the client claims before it', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 1, trustedProxies: 1 });
  const from = async (hops: string) =>
    (await world.ask('/v1/products', { headers: { 'x-forwarded-for': hops } })).status;
  expect(await from('203.0.113.1')).toBe(200);
  expect(await from('198.51.100.7, 203.0.113.1')).toBe(429);
  expect(await from('203.0.113.1, 203.0.113.2')).toBe(200);
  expect(world.received.at(-1)?.headers['x-forwarded-for']).toBe('203.0.113.2');
});
