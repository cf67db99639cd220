import { afterEach, expect, test } from '@jest/globals';
import { createSchema } from 'graphql-yoga';
import { parse, validate } from 'graphql';
import { hashOf, readPersisted } from '../src/graphql/persisted.ts';
import { typeDefs } from '../src/graphql/type-defs.ts';
import { askGraph, playShop, type GraphAnswer } from './graph.ts';
import { setup, type World } from './setup.ts';

const persisted = await readPersisted();
const schema = createSchema({ typeDefs });
const products = [...persisted.values()].find((text) => text.startsWith('query Products')) ?? '';
const variables = { first: 2 };

let world: World;
afterEach(() => world.stop());

async function start(onlyPersisted: boolean): Promise<void> {
  world = await setup({ onlyPersisted });
  playShop(world);
}

async function post(body: object): Promise<Pick<GraphAnswer, 'status' | 'data' | 'errors'>> {
  const { status, text } = await world.ask('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
    },
    body: Buffer.from(JSON.stringify(body)),
  });
  const { data, errors = [] } = JSON.parse(text) as Partial<GraphAnswer>;
  return { status, data, errors };
}

const byHash = (sha256Hash: unknown) => ({
  variables,
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

test('every persisted operation fits the schema', async () => {
  await start(false);
  expect(persisted.size).toBe(6);
  for (const text of persisted.values()) expect(validate(schema, parse(text))).toEqual([]);
});

test.each([false, true])(
  'an operation is carried out by its hash; only persisted ones: %s',
  async (only) => {
    await start(only);
    const posted = await post(byHash(hashOf(products)));
    expect(posted).toMatchObject({ status: 200, errors: [] });
    expect(posted.data).toMatchObject({ products: { nodes: [{ id: 'ridge-tent' }, {}] } });
    const { extensions } = byHash(hashOf(products));
    const query = new URLSearchParams({
      extensions: JSON.stringify(extensions),
      variables: JSON.stringify(variables),
    });
    const got = await world.ask(`/graphql?${query.toString()}`);
    expect(JSON.parse(got.text)).toEqual({ data: posted.data });
  },
);

test.each([false, true])(
  'a hash that nobody knows is refused, also beside a text; only persisted ones: %s',
  async (only) => {
    await start(only);
    for (const hash of [hashOf('{ __typename }'), '', 'x', 7, '__proto__']) {
      for (const text of [{}, { query: '{ __typename }' }]) {
        const answer = await post({ ...byHash(hash), ...text });
        expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([
          400,
          'graphql-operation-unknown',
        ]);
      }
    }
    expect(world.received).toEqual([]);
  },
);

test('where only persisted operations are taken, a text is refused, even that of one', async () => {
  await start(true);
  for (const query of ['{ __typename }', products, 'no graphql']) {
    const answer = await askGraph(world, query, { variables });
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([
      400,
      'graphql-only-persisted',
    ]);
  }
  expect(world.received).toEqual([]);
});

test('the text of a known hash is ours, whatever text comes with it', async () => {
  await start(true);
  const answer = await post({ ...byHash(hashOf(products)), query: '{ orders { nodes { id } } }' });
  expect(answer.data).toHaveProperty('products');
});

test('elsewhere a text of one’s own goes on working', async () => {
  await start(false);
  const answer = await askGraph(world, '{ product(id: "ridge-tent") { id } }');
  expect(answer.data).toEqual({ product: { id: 'ridge-tent' } });
});
