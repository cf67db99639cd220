import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import {
  allTypes,
  createPartner,
  startReceiver,
  type ListedDelivery,
  type Registered,
} from './partner.ts';
import { placed, setup, type World } from './setup.ts';

/** What host names lead to; changed by a test in between. */
const names = new Map<string, string[]>();
let world: World;
let partner: Awaited<ReturnType<typeof createPartner>>;
beforeEach(async () => {
  names.clear();
  const lookup = (name: string) => Promise.resolve(names.get(name) ?? []);
  world = await setup({ privateWebhookHosts: [], lookup });
  partner = await createPartner(world);
});
afterEach(() => world.stop());

const url = 'https://partner.example/hook';

test('a partner registers, sees, lists and deletes its webhooks; the secret is shown once', async () => {
  const answer = await partner.call('POST', '', { url, eventTypes: ['order-placed'] });
  const { secret, ...webhook } = answer.json<Registered>();
  expect([answer.statusCode, answer.headers.location]).toEqual([201, `/v1/webhooks/${webhook.id}`]);
  expect(webhook).toEqual({
    id: expect.any(String),
    url,
    eventTypes: ['order-placed'],
    createdAt: expect.any(String),
    active: true,
  });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect((await partner.call('GET', `/${webhook.id}`)).json()).toEqual(webhook);
  expect((await partner.call('GET', '')).json()).toEqual({ items: [webhook], nextCursor: null });
  const deleted = await partner.call('DELETE', `/${webhook.id}`);
  expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
  expect((await partner.call('DELETE', `/${webhook.id}`)).statusCode).toBe(404);
  expect((await partner.call('GET', `/${webhook.id}`)).statusCode).toBe(404);
});

test("another partner's webhook is not found, as if it did not exist", async () => {
  const { id } = await partner.register(url);
  await world.place();
  await eventually(async () => (await partner.deliveries(id)).length === 1);
  const [delivery] = await partner.deliveries(id);
  const other = await createPartner(world, 'other');
  const paths = (webhookId: string) =>
    [
      ['GET', `/${webhookId}`],
      ['GET', `/${webhookId}/deliveries`],
      ['POST', `/${webhookId}/deliveries/${String(delivery?.id)}/redeliver`],
      ['DELETE', `/${webhookId}`],
    ] as const;
  for (const [index, [method, path]] of paths(id).entries()) {
    const theirs = await other.call(method, path);
    const [, nobodys = ''] = paths(randomUUID())[index] ?? [];
    expect([method, path, theirs.statusCode]).toEqual([method, path, 404]);
    expect(theirs.json()).toEqual((await other.call(method, nobodys)).json());
  }
  expect((await other.call('GET', '')).json()).toEqual({ items: [], nextCursor: null });
  const mine = await partner.register(url);
  const path = `/${mine.id}/deliveries/${String(delivery?.id)}/redeliver`;
  expect((await partner.call('POST', path)).statusCode).toBe(404);
});

test('a partner has 20 webhooks at most, however many it registers at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 24 }, () => partner.call('POST', '', { url, eventTypes: allTypes })),
  );
  const refused = answers.filter(({ statusCode }) => statusCode !== 201);
  expect(
    refused.map((answer) => [answer.statusCode, answer.json<{ code: string }>().code]),
  ).toEqual(Array(4).fill([409, 'too-many-webhooks']));
  const pages = await partner.pages<Registered>('', 8);
  expect(pages.map(({ length }) => length)).toEqual([8, 8, 4]);
  expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(20);
  await (await createPartner(world, 'other')).register(url);
});

test('deliveries come in pages, the newest first', async () => {
  const { id } = await partner.register(url, ['order-placed']);
  await world.publish(...Array.from({ length: 5 }, () => placed(randomUUID(), 'ada')));
  await eventually(async () => (await partner.deliveries(id)).length === 5);
  const pages = await partner.pages<ListedDelivery & { createdAt: string }>(`/${id}/deliveries`, 2);
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  const times = pages.flat().map(({ createdAt }) => createdAt);
  expect(times).toEqual(times.toSorted().toReversed());
  expect(new Set(pages.flat().map((delivery) => delivery.id)).size).toBe(5);
});

test('a name that leads inside after its registration is not called', async () => {
  const receiver = await startReceiver();
  try {
    const { port } = new URL(receiver.url);
    names.set('rebinding.example', ['8.8.8.8']);
    const { id } = await partner.register(`https://rebinding.example:${port}/`);
    names.set('rebinding.example', ['127.0.0.1']);
    await world.place();
    await eventually(async () => {
      const [delivery] = await partner.deliveries(id);
      expect(delivery).toMatchObject({ state: 'pending', attempts: 1, lastStatus: null });
    });
    expect(receiver.connections()).toBe(0);
  } finally {
    await receiver.stop();
  }
});

test('reading needs webhooks:read, and changing webhooks:write', async () => {
  const id = randomUUID();
  const routes = [
    ['GET', '', 'read'],
    ['GET', `/${id}`, 'read'],
    ['GET', `/${id}/deliveries`, 'read'],
    ['POST', '', 'write'],
    ['DELETE', `/${id}`, 'write'],
    ['POST', `/${id}/deliveries/${id}/redeliver`, 'write'],
  ] as const;
  for (const [method, path, needed] of routes) {
    const scope = needed === 'read' ? 'webhooks:write' : 'webhooks:read';
    const authorization = await world.issuer.bearer('partner', scope);
    const request = { method, url: `/v1/webhooks${path}` };
    const none = await world.app.server.inject(request);
    const wrong = await world.app.server.inject({ ...request, headers: { authorization } });
    expect([method, path, none.statusCode, wrong.statusCode]).toEqual([method, path, 401, 403]);
    expect(wrong.json()).toMatchObject({ scope: `webhooks:${needed}` });
  }
});

test('a webhook that has changed since it was read is not deleted by who says what was read', async () => {
  const { id } = await partner.register(url);
  const tag = String((await partner.call('GET', `/${id}`)).headers.etag);
  const remove = (seen: string) => partner.change('DELETE', `/${id}`, { tag: seen });
  await world.database.query('update webhooks set version = version + 1');
  expect((await remove(tag)).json()).toMatchObject({ status: 412, code: 'precondition-failed' });
  const now = String((await partner.call('GET', `/${id}`)).headers.etag);
  const answers = await Promise.all([remove(now), remove(now)]);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([204, 404]);
});
