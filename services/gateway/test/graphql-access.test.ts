import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { guardFields } from '../src/graphql/gate.ts';
import { askGraph, codesOf, input, placeOrder, playShop } from './graph.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
  playShop(world);
});
afterEach(() => world.stop());

const fields: [string, string, object][] = [
  ['orders:read', '{ orders { nodes { id } } }', {}],
  ['orders:read', '{ order(id: "7") { id } }', {}],
  ['orders:write', placeOrder, { key: 'key-1', input }],
  ['orders:write', 'mutation { cancelOrder(id: "7") { id } }', {}],
  ['orders:read', 'subscription { orderUpdates(id: "7") { id } }', {}],
];

test.each(fields)('%s is needed for %s', async (scope, query, variables) => {
  const other = 'orders:read orders:write catalog:write inventory:read'.replace(scope, '');
  const authorization = await world.issuer.bearer('ada', other);
  const refused = await askGraph(world, query, { authorization, variables });
  expect(refused.errors).toMatchObject([{ extensions: { code: 'scope-missing', scope } }]);
  expect(codesOf(await askGraph(world, query, { variables }))).toEqual(['token-missing']);
  expect(world.received).toEqual([]);
});

test('a root field without a rule in the policy is refused before the gateway starts', () => {
  const schema = buildSchema('type Query { everybodysOrders: Int }');
  expect(() => {
    guardFields(schema);
  }).toThrow('policy.ts has no rule for everybodysOrders');
});

test('who may not see orders sees products all the same, and is told at the orders why', async () => {
  const authorization = await world.issuer.bearer('ada', 'catalog:write');
  const query = '{ products { nodes { id } } orders { nodes { id } } }';
  const answer = await askGraph(world, query, { authorization });
  expect(answer.status).toBe(200);
  expect(answer.data).toMatchObject({ products: { nodes: [{}, {}] }, orders: null });
  expect(answer.errors).toMatchObject([
    { path: ['orders'], extensions: { code: 'scope-missing', status: 403 } },
  ]);
});

test('an alias or a fragment is no way past the scope', async () => {
  const query = 'query { ...all } fragment all on Query { mine: orders { nodes { id } } }';
  expect(codesOf(await askGraph(world, query))).toEqual(['token-missing']);
  expect(world.received).toEqual([]);
});

test('a token that is not good is refused whole, as everywhere', async () => {
  const authorization = await world.issuer.bearer('ada', 'orders:read', { exp: 1 });
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ query: '{ products { nodes { id } } }' });
  const answer = await world.ask('/graphql', { method: 'POST', headers, body });
  expect(answer.status).toBe(401);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(answer.text).toContain('token-invalid');
});
