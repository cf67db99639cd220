/** A partner's program, written with packages/client alone, against a real platform. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from '@waymark/client/client.ts';
import { followOrder } from '@waymark/client/follow.ts';
import { itemsOf } from '@waymark/client/pages.ts';
import { placeOrder } from '@waymark/client/place.ts';
import { bodyOf } from '@waymark/client/problem.ts';
import { basicAuthentication, createTokens } from '@waymark/client/tokens.ts';
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
  platform = await startTestPlatform({ RATE_LIMIT_SCALE: '0' });
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

function setup() {
  const { gatewayUrl, secrets } = platform;
  const ada = secrets.clients.find(({ clientId }) => clientId === 'ada');
  const secret = ada !== undefined && 'clientSecret' in ada ? ada.clientSecret : '';
  const tokens = (scope: string) =>
    createTokens({ gatewayUrl, authenticate: () => basicAuthentication('ada', secret), scope });
  const token = tokens('orders:read orders:write');
  return { gatewayUrl, token, tokens, client: createClient({ gatewayUrl, token }) };
}

test('an order is placed, followed to its end, and then cannot be cancelled', async () => {
  const { gatewayUrl, token, client } = setup();
  const { id } = await placeOrder(client, orderWith());
  const states: string[] = [];
  const signal = AbortSignal.timeout(30_000);
  for await (const { state } of followOrder({ gatewayUrl, token, orderId: id, signal })) {
    if (state !== undefined) states.push(state);
    if (state === 'confirmed') break;
  }
  expect(states).toEqual(['placed', 'confirmed']);
  const cancelled = await client.POST('/v1/orders/{id}/cancel', { params: { path: { id } } });
  expect(() => bodyOf(cancelled)).toThrow(
    expect.objectContaining({ status: 409, code: 'already-confirmed' }),
  );
}, 40_000);

test('placed again under its key, an order is the same one', async () => {
  const { client } = setup();
  const key = randomUUID();
  const { id } = await placeOrder(client, orderWith(), key);
  expect((await placeOrder(client, orderWith(), key)).id).toBe(id);
  await expect(placeOrder(client, orderWith({ quantity: 2 }), key)).rejects.toMatchObject({
    code: 'idempotency-key-reused',
  });
});

test('all products come as one list, whatever the pages', async () => {
  const { client } = setup();
  const read = async (limit: number) => {
    const ids: string[] = [];
    const ask = (at: { cursor?: string }) =>
      client.GET('/v1/products', { params: { query: { limit, ...at } } });
    for await (const { id } of itemsOf(ask)) ids.push(id);
    return ids;
  };
  const ids = await read(7);
  expect(ids.length).toBeGreaterThan(100);
  expect(ids).toEqual(await read(100));
});

test('what is refused says why: a scope that a client may not have, an order that is not there', async () => {
  const { gatewayUrl, token, tokens, client } = setup();
  await expect(tokens('catalog:write')()).rejects.toMatchObject({ code: 'invalid_scope' });
  const id = randomUUID();
  const params = { path: { id } };
  expect((await client.GET('/v1/orders/{id}', { params })).error).toMatchObject({ status: 404 });
  const signal = AbortSignal.timeout(10_000);
  const steps = followOrder({ gatewayUrl, token, orderId: id, signal });
  await expect(steps.next()).rejects.toMatchObject({ code: 'not-found' });
});
