/** Tokens that are bound to a key, at the door: each proof passes once, through whichever replica. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openKeyValue } from '@waymark/storage/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { createHolder, type Holder } from '@waymark/testing/holder.ts';
import { openLine, type Line } from '@waymark/testing/line.ts';
import { limits } from '../src/limits.ts';
import { brokerMigrations, count, statuses } from './limits-setup.ts';
import { setup, type World } from './setup.ts';

let broker: TestDatabase;
let line: Line;
let worlds: World[];
let holder: Holder;
beforeEach(async () => {
  broker = await createTestDatabase(brokerMigrations);
  line = await openLine(broker.url);
  const keyValue = () => openKeyValue({ url: line.url, client: 'gateway', log: silentLog });
  const rateLimits = () => ({ limits, keyValue: keyValue(), scale: 1, waitMs: 500 });
  const first = await setup({ rateLimits: rateLimits() });
  worlds = [first, await setup({ rateLimits: rateLimits(), issuer: first.issuer })];
  holder = await createHolder();
});
afterEach(async () => {
  for (const world of worlds) await world.stop();
  await line.cut();
  await broker.drop();
});

const PATH = '/v1/orders';

/** A request that both replicas take, as they trust one issuer. */
async function signed(method = 'GET') {
  const [{ issuer }] = worlds as [World];
  const scope = 'orders:read orders:write';
  const token = await issuer.bearer('ada', scope, { cnf: holder.cnf });
  return holder.headers(token, { method, url: new URL(PATH, issuer.issuer).href });
}

test('a bound token passes with its proof, and the service gets both', async () => {
  const [world] = worlds as [World];
  const headers = await signed();
  expect((await world.ask(PATH, { headers })).status).toBe(200);
  expect(world.received[0]?.headers).toMatchObject(headers);
});

test('of one proof that is sent twenty times at once, one request passes', async () => {
  const [world] = worlds as [World];
  const headers = await signed('POST');
  const ask = () => world.ask(PATH, { method: 'POST', headers });
  const all = await statuses(Array.from({ length: 20 }, ask));
  expect([count(all, 200), count(all, 401)]).toEqual([1, 19]);
  expect(world.received).toHaveLength(1);
});

test('a proof that one replica took is refused by another', async () => {
  const [first, second] = worlds as [World, World];
  const headers = await signed();
  expect((await first.ask(PATH, { headers })).status).toBe(200);
  const again = await second.ask(PATH, { headers });
  expect(again.status).toBe(401);
  expect(JSON.parse(again.text)).toMatchObject({ code: 'proof-invalid' });
  expect(again.headers['www-authenticate']).toContain('DPoP');
  expect(second.received).toEqual([]);
});

test('a proof for another method or address, a missing one, or a bearer use gets nowhere', async () => {
  const [world] = worlds as [World];
  const { authorization, dpop } = await signed();
  const token = authorization.replace('DPoP', 'Bearer');
  const all = await statuses([
    world.ask(PATH, { method: 'POST', headers: { authorization, dpop } }),
    world.ask(`${PATH}/7`, { headers: { authorization, dpop } }),
    world.ask(PATH, { headers: { authorization } }),
    world.ask(PATH, { headers: { authorization: token } }),
    world.ask(PATH, { headers: { authorization: token, dpop } }),
    world.ask(PATH, { headers: { authorization, dpop: [dpop, dpop] } }),
  ]);
  expect(all).toEqual(Array(6).fill(401));
  expect(world.received).toEqual([]);
});

test('the Host header decides nothing about what a proof is good for', async () => {
  const [world] = worlds as [World];
  const token = await world.issuer.bearer('ada', 'orders:read', { cnf: holder.cnf });
  const stolen = await holder.headers(token, { url: `http://evil.test${PATH}` });
  const host = { host: 'evil.test', 'x-forwarded-host': 'evil.test' };
  expect((await world.ask(PATH, { headers: { ...stolen, ...host } })).status).toBe(401);
  expect((await world.ask(PATH, { headers: { ...(await signed()), ...host } })).status).toBe(200);
});

test('while nobody can say whether a proof is new, bound tokens wait and others pass', async () => {
  const [world] = worlds as [World];
  await line.cut();
  const refused = await world.ask(PATH, { headers: await signed() });
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
  expect((await world.ask(PATH, { headers: { authorization: world.ada } })).status).toBe(200);
});
