/** The graph in front of the real services: what the gateway's own tests play, these hold to the truth. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

interface Result {
  data: { order: { id: string } | null };
  errors?: { extensions: { code: string } }[];
}

async function ask(as: string, query: string, variables: object): Promise<Result> {
  const json = { query, variables };
  return (await platform.shop.call<Result>(as, { method: 'POST', path: '/graphql', json })).body;
}

const PLACE = `mutation ($key: String!, $input: PlaceOrderInput!) {
  order: placeOrder(idempotencyKey: $key, input: $input) { id } }`;
const READ = 'query ($id: ID!) { order(id: $id) { state lines { product { name } } } }';
const CANCEL = 'mutation ($id: ID!) { order: cancelOrder(id: $id) { id } }';

/** What a follower reads until `last` was in it, or the stream ended. */
async function follow(as: string, id: string, last: string): Promise<string> {
  const answer = await fetch(`${platform.gatewayUrl}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await platform.shop.token(as)}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: `subscription { orderUpdates(id: "${id}") { step } }` }),
    signal: AbortSignal.timeout(20_000),
  });
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes(last)) break;
  }
  return text;
}

test('the graph takes an order once, tells every step of it, and shows it with its product', async () => {
  const variables = { key: randomUUID(), input: orderWith() };
  const first = await ask('ada', PLACE, variables);
  expect(await ask('ada', PLACE, variables)).toEqual(first);
  const id = first.data.order?.id ?? '';
  expect(await follow('ada', id, 'payment-captured')).toContain('"order-placed"');
  expect(await ask('ada', READ, { id })).toEqual({
    data: {
      order: { state: 'CONFIRMED', lines: [{ product: { name: 'Alloy Cookset for Four' } }] },
    },
  });
  const codes = async (result: Promise<Result>) =>
    (await result).errors?.map(({ extensions }) => extensions.code);
  expect(await codes(ask('ada', CANCEL, { id }))).toEqual(['already-confirmed']);
  const other = { ...variables, input: orderWith({ quantity: 2 }) };
  expect(await codes(ask('ada', PLACE, other))).toEqual(['idempotency-key-reused']);
  const invalid = { ...variables, key: 'a key' };
  expect(await codes(ask('ada', PLACE, invalid))).toEqual(['idempotency-key-invalid']);
});

test("another customer's order is not found by any path of the graph", async () => {
  const { data } = await ask('ada', PLACE, { key: randomUUID(), input: orderWith() });
  const id = data.order?.id ?? '';
  for (const query of [READ, CANCEL]) {
    expect(await ask('bob', query, { id })).toMatchObject({
      data: { order: null },
      errors: [{ extensions: { code: 'not-found' } }],
    });
  }
  expect(await follow('bob', id, 'complete')).toContain('"code":"not-found"');
});
