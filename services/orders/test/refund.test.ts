/** What the support may do with orders of customers: read them, and give the money back. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { expectProblem, news, setup, type World } from './setup.ts';

let world: World;
let id: string;
let sam: string;
beforeEach(async () => {
  world = await setup();
  sam = await world.issuer.bearer('sam', 'support:read support:refund');
  world.start();
  id = await world.placed();
});
afterEach(() => world.stop());

interface Refunded {
  state: string;
  refund?: { reason: string; state: string; requestedAt: string };
}

const refund = (
  { reason = 'damaged', key = 'key-1' }: { reason?: string; key?: string } = {},
  authorization = sam,
) =>
  world.app.server.inject({
    method: 'POST',
    url: `/v1/orders/${id}/refund`,
    headers: { authorization, 'idempotency-key': key, 'content-type': 'application/json' },
    payload: JSON.stringify({ reason }),
  });
const read = async () => (await world.get(`/v1/orders/${id}`)).json<Refunded>();

test('a refund is requested of payments once, and done when they say so', async () => {
  await world.confirm(id);
  const answer = await refund();
  expect(answer.statusCode).toBe(202);
  const requestedAt = world.time.now.toISOString();
  const requested = { reason: 'damaged', state: 'requested', requestedAt };
  expect(answer.json()).toMatchObject({ id, state: 'confirmed', refund: requested });
  expect((await refund()).json()).toEqual(answer.json());
  const tagged = async () => (await world.get(`/v1/orders/${id}`)).headers.etag;
  const before = await tagged();
  await world.told(id, 'refund-requested');
  await world.publish(news.refunded(id), news.refunded(id));
  await world.settled();
  expect(await read()).toMatchObject({
    state: 'confirmed',
    refund: { ...requested, state: 'done' },
  });
  expect(await tagged()).not.toBe(before);
  expect((await world.published(id)).filter((name) => name === 'refund-requested')).toHaveLength(1);
});

test('twenty requests at once under as many keys make one refund', async () => {
  await world.confirm(id);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => refund({ key: `key-${String(index)}` })),
  );
  const statuses = answers.map(({ statusCode }) => statusCode);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([202, ...Array<number>(19).fill(409)]);
  await world.settled();
  expect((await world.published(id)).filter((name) => name === 'refund-requested')).toHaveLength(1);
});

test('what is not confirmed, or refunded already, is refused, and so is a key with another reason', async () => {
  expectProblem(await refund(), 409, 'order-not-confirmed');
  await world.confirm(id);
  await refund();
  expectProblem(await refund({ key: 'key-2' }), 409, 'already-refunded');
  expectProblem(await refund({ reason: 'goodwill' }), 422, 'idempotency-key-reused');
  expectProblem(await refund({ reason: 'because' }), 400, 'invalid-request');
  expectProblem(await world.cancel(id), 409, 'already-confirmed');
});

test('a customer cannot refund, not even an order of their own', async () => {
  await world.confirm(id);
  expectProblem(await refund({}, world.ada), 403, 'scope-missing');
  const reader = await world.issuer.bearer('sam', 'support:read');
  expectProblem(await refund({}, reader), 403, 'scope-missing');
});

test('a capture that fails after the refund was asked for cancels the order, with nothing to give back', async () => {
  await world.confirm(id);
  await refund();
  await world.publish(news.captureFailed(id));
  await world.told(id, 'order-cancelled');
  const { refund: left, ...order } = await read();
  expect(order).toMatchObject({ state: 'cancelled', reason: 'capture-failed' });
  expect(left).toBeUndefined();
});

test('the support reads any order, and lists those of the customer that it names', async () => {
  const bob = await world.issuer.bearer('bob', 'orders:read orders:write');
  await world.place(undefined, 'key-of-bob', { authorization: bob });
  expect((await world.get(`/v1/orders/${id}`, sam)).json()).toMatchObject({ id });
  const list = async (query: string, as = sam) => world.get(`/v1/orders${query}`, as);
  const ids = (await list('?customerId=ada')).json<{ items: { id: string }[] }>();
  expect(ids.items.map((order) => order.id)).toEqual([id]);
  expect((await list('')).json()).toMatchObject({ items: [] });
  expect((await list('?customerId=bob', bob)).json()).toMatchObject({ items: [{}] });
  expectProblem(await list('?customerId=ada', bob), 403, 'scope-missing');
});
