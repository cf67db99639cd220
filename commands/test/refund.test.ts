/** A refund on the whole platform: asked for by the support, seen by the customer, and survived by whoever is killed. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
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

async function confirmedOrder(): Promise<string> {
  const { body } = await platform.shop.place('ada', orderWith(), randomUUID());
  await platform.untilConfirmed(body.id);
  return body.id;
}

const refund = (id: string) =>
  platform.shop.call('sam', {
    method: 'POST',
    path: `/v1/orders/${id}/refund`,
    json: { reason: 'not-received' },
    headers: { 'idempotency-key': 'refund-1' },
  });

async function refunded(id: string): Promise<void> {
  await eventually(async () => {
    const request = { method: 'GET', path: `/v1/orders/${id}` };
    const { body } = await platform.shop.call<{ refund?: { state: string } }>('ada', request);
    return body.refund?.state === 'done';
  }, 30_000);
}

async function onHand(): Promise<number> {
  const path = `/v1/stock/${orderWith().lines[0]?.productId ?? ''}`;
  return (await platform.shop.call<{ onHand: number }>('staff', { method: 'GET', path })).body
    .onHand;
}

test('the customer sees the refund live, the stock stays as it is, and the books agree', async () => {
  const id = await confirmedOrder();
  await eventually(async () => {
    expect(await platform.brokenInvariants()).toEqual([]);
  }, 30_000);
  const before = await onHand();
  const over = new AbortController();
  const steps: string[] = [];
  const following = (async () => {
    for await (const { step } of platform.shop.follow('ada', id, over.signal)) steps.push(step);
  })();
  expect((await refund(id)).status).toBe(202);
  await refunded(id);
  await eventually(() => steps.includes('refund-requested') && steps.includes('payment-refunded'));
  over.abort();
  await following;
  expect(await onHand()).toBe(before);
  await eventually(async () => {
    expect(await platform.brokenInvariants()).toEqual([]);
  }, 30_000);
});

test.each(['orders', 'payments', 'psp'] as const)(
  'a refund under way when %s is killed is still made once',
  async (name) => {
    const id = await confirmedOrder();
    expect((await refund(id)).status).toBe(202);
    platform.processes[name].kill('SIGKILL');
    await refunded(id);
    await eventually(async () => {
      expect(await platform.brokenInvariants()).toEqual([]);
    }, 30_000);
  },
  90_000,
);
