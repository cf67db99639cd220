/** Tokens that are bound to a key: the service checks the proof for itself, as it does the token. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHolder, type Holder } from '@waymark/testing/holder.ts';
import { setup, type World } from './setup.ts';

let world: World;
let holder: Holder;
beforeEach(async () => {
  world = await setup();
  holder = await createHolder();
});
afterEach(() => world.stop());

/** Asks at `path` with a proof that was made for another. */
async function ask(path: string, { method = 'GET', provenFor = path } = {}) {
  const scope = 'orders:read orders:write';
  const token = await world.issuer.bearer('ada', scope, { cnf: holder.cnf });
  const url = new URL(provenFor, world.issuer.issuer).href;
  const headers = await holder.headers(token, { method, url });
  const answer = await world.app.server.inject({ method: method as 'GET', url: path, headers });
  return answer.statusCode;
}

test('a bound token opens what its proof was made for, and nothing else', async () => {
  const path = `/v1/orders/${await world.placed()}`;
  expect(await ask(path)).toBe(200);
  expect(await ask(`/v1/orders?limit=1`)).toBe(200);
  expect(await ask(`${path}/cancel`, { method: 'POST' })).toBe(200);
  expect(await ask(path, { provenFor: '/v1/orders' })).toBe(401);
  expect(await ask('/v1/orders', { provenFor: path })).toBe(401);
});

test('an order may be looked at on the way to its events, with the proof for those, and not cancelled', async () => {
  const path = `/v1/orders/${await world.placed()}`;
  expect(await ask(path, { provenFor: `${path}/events` })).toBe(200);
  const cancelled = await ask(`${path}/cancel`, { method: 'POST', provenFor: `${path}/events` });
  expect(cancelled).toBe(401);
  expect(await ask('/v1/orders', { provenFor: '/v1/orders/events' })).toBe(401);
});
