import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

/** The samples by their labels. */
async function uses(): Promise<Record<string, number>> {
  const metric = world.metrics.getSingleMetric('api_version_requests_total');
  const { values } = (await metric?.get()) ?? { values: [] };
  const entries = values.map(({ labels, value }) => [
    `${String(labels.version)} ${String(labels.route)} ${String(labels.client)}`,
    value,
  ]);
  return Object.fromEntries(entries) as Record<string, number>;
}

/** A request is counted after its answer. */
const expectUses = (expected: Record<string, number>) =>
  eventually(async () => {
    expect(await uses()).toEqual(expected);
  });

test('a request is counted by its version, its route and its client, also where no token is needed', async () => {
  const bob = await world.issuer.bearer('bob', 'orders:read');
  await world.ask('/v1/products');
  await world.ask('/v1/products', { headers: { authorization: world.ada } });
  await world.ask('/v1/products/tent', { headers: { authorization: bob } });
  await world.ask('/v2/products/tent', { headers: { authorization: bob } });
  await world.ask('/v1/products/mug', { headers: { authorization: bob } });
  await world.ask('/v1/products/mug', {
    method: 'PATCH',
    headers: { authorization: world.ada },
    body: Buffer.from('{}'),
  });
  await expectUses({
    'v1 GET /products anonymous': 1,
    'v1 GET /products ada': 1,
    'v1 GET /products/:id bob': 2,
    'v2 GET /products/:id bob': 1,
    'v1 PATCH /products/:id ada': 1,
  });
});

test('what there is in one version only is not counted', async () => {
  await world.ask('/v1/orders', { headers: { authorization: world.ada } });
  await world.ask('/v1/products');
  await expectUses({ 'v1 GET /products anonymous': 1 });
});

test('a client that the issuer does not know is nobody, however many names it makes up', async () => {
  const [head = '', , signature = ''] = world.ada.split('.');
  for (const name of ['eve', 'mallory']) {
    const claims = Buffer.from(JSON.stringify({ client_id: name })).toString('base64url');
    const authorization = `${head}.${claims}.${signature}`;
    await world.ask('/v1/products', { headers: { authorization } });
  }
  await expectUses({ 'v1 GET /products anonymous': 2 });
});

test('of more clients than fifty the rest are counted together', async () => {
  for (let number = 1; number <= 52; number += 1) {
    const authorization = await world.issuer.bearer(`client-${String(number)}`, 'orders:read');
    await world.ask('/v1/products', { headers: { authorization } });
  }
  await eventually(async () => {
    const counted = await uses();
    expect(Object.keys(counted)).toHaveLength(51);
    expect(counted).toMatchObject({ 'v1 GET /products client-50': 1, 'v1 GET /products other': 2 });
  });
});
