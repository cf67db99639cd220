import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import type { ServerResponse } from 'node:http';
import { createPartner, startReceiver, type Receiver } from './partner.ts';
import { setup, type World } from './setup.ts';

let world: World;
let receiver: Receiver;
let partner: Awaited<ReturnType<typeof createPartner>>;
beforeEach(async () => {
  world = await setup();
  receiver = await startReceiver();
  partner = await createPartner(world);
});
afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

const tagOf = async (id: string) => String((await partner.call('GET', `/${id}`)).headers.etag);

/** A change by somebody who has just looked. */
async function patch(id: string, change: object) {
  return partner.change('PATCH', `/${id}`, { patch: change, tag: await tagOf(id) });
}

test('a partner changes a field of its webhook and leaves the others', async () => {
  const { id } = await partner.register(receiver.url, ['order-placed']);
  const before = (await partner.call('GET', `/${id}`)).json<object>();
  const answer = await patch(id, { eventTypes: ['order-confirmed'] });
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    { ...before, eventTypes: ['order-confirmed'] },
  ]);
  const read = await partner.call('GET', `/${id}`);
  expect([read.json(), read.headers.etag]).toEqual([answer.json(), answer.headers.etag]);
});

test('a change that says nothing new leaves the tag', async () => {
  const { id } = await partner.register(receiver.url, ['order-placed']);
  const tag = await tagOf(id);
  await patch(id, { eventTypes: ['order-placed'], active: true });
  expect(await tagOf(id)).toBe(tag);
});

test('of five who change at once what they all have seen, exactly one does', async () => {
  const { id } = await partner.register(receiver.url);
  const tag = await tagOf(id);
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      partner.change('PATCH', `/${id}`, {
        patch: { url: `${receiver.url}&writer=${String(index)}` },
        tag,
      }),
    ),
  );
  const statuses = answers.map(({ statusCode }) => statusCode);
  expect(statuses.toSorted()).toEqual([200, 412, 412, 412, 412]);
  const won = answers[statuses.indexOf(200)];
  expect((await partner.call('GET', `/${id}`)).json()).toEqual(won?.json());
});

test('a change without a tag, or as plain JSON, or of a field that cannot be changed is refused', async () => {
  const { id } = await partner.register(receiver.url);
  const untagged = await partner.change('PATCH', `/${id}`, { patch: { active: false } });
  expect(untagged.json()).toMatchObject({ status: 428, code: 'precondition-required' });
  const plain = await partner.call('PATCH', `/${id}`, { active: false });
  expect(plain.json()).toMatchObject({ status: 415, accepted: ['application/merge-patch+json'] });
  const refused: [object, number, string][] = [
    [{}, 400, 'invalid-request'],
    [{ url: null }, 400, 'invalid-request'],
    [{ secret: 'whsec_x' }, 400, 'invalid-request'],
    [{ eventTypes: [] }, 400, 'invalid-request'],
    [{ eventTypes: ['order-lost'] }, 422, 'unknown-event-type'],
    [{ url: 'ftp://partner.example/' }, 422, 'webhook-url-refused'],
  ];
  for (const [change, status, code] of refused) {
    expect((await patch(id, change)).json()).toMatchObject({ status, code });
  }
  const other = await createPartner(world, 'other');
  const theirs = await other.change('PATCH', `/${id}`, { patch: { active: false }, tag: '*' });
  expect(theirs.statusCode).toBe(404);
  expect((await partner.call('GET', `/${id}`)).json()).toMatchObject({ active: true });
});

test('what waits for a webhook goes to its new address', async () => {
  const { id } = await partner.register('http://127.0.0.1:9/', ['order-placed']);
  await world.place();
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
  });
  await patch(id, { url: receiver.url });
  world.time.aheadMs += 60_000;
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'delivered' }]);
  });
  expect(receiver.received).toHaveLength(1);
});

test('a webhook that is switched off hears nothing, and goes on when it is switched on', async () => {
  const { id } = await partner.register('http://127.0.0.1:9/', ['order-placed']);
  await world.place();
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
  });
  const off = await patch(id, { active: false, url: receiver.url });
  expect(off.json()).toMatchObject({ active: false, disabledAt: expect.any(String) });
  await world.place();
  await world.handled();
  expect(await partner.deliveries(id)).toMatchObject([{ state: 'failed' }]);
  const on = await patch(id, { active: true });
  expect(on.json()).toMatchObject({ active: true });
  expect(on.json()).not.toHaveProperty('disabledAt');
  await world.place();
  await eventually(() => receiver.received.length === 1);
});

test('an address that says it is gone does not switch off the one that has replaced it', async () => {
  let waiting: ServerResponse | undefined;
  receiver.behaviour = (answer) => (waiting = answer);
  const other = await startReceiver();
  try {
    const { id } = await partner.register(receiver.url, ['order-placed']);
    await world.place();
    await eventually(() => waiting !== undefined);
    await patch(id, { url: other.url });
    waiting?.writeHead(410).end();
    await eventually(async () => {
      expect(await partner.deliveries(id)).toMatchObject([{ state: 'failed', lastStatus: 410 }]);
    });
    expect((await partner.call('GET', `/${id}`)).json()).toMatchObject({ active: true });
    await world.place();
    await eventually(() => other.received.length === 1);
  } finally {
    await other.stop();
  }
});
