/** A platform whose machines disagree by up to two minutes about the time of day. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import type { ServiceName } from '../../infra/embedded/names.ts';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

const MINUTE_MS = 60_000;
/** The gateway and orders are nearly two minutes apart; from identity, which issues the tokens, each is one. */
const skews: Partial<Record<ServiceName, number>> = {
  identity: 0,
  orders: MINUTE_MS,
  inventory: -MINUTE_MS,
  payments: -MINUTE_MS,
  psp: MINUTE_MS,
  notifications: MINUTE_MS,
  gateway: -MINUTE_MS + 2000,
};

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({
    CLOCK_SKEWS: JSON.stringify(skews),
    NODE_OPTIONS: `--import ${new URL('skew-clock.ts', import.meta.url).href}`,
  });
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

test('services really disagree', async () => {
  const { body } = await platform.shop.place('ada', orderWith(), randomUUID());
  const placedAt = Date.parse((body as unknown as { placedAt: string }).placedAt);
  expect(Math.abs(placedAt - Date.now() - MINUTE_MS)).toBeLessThan(20_000);
});

test('tokens are accepted and orders end as they should, and the books agree', async () => {
  const cards = { tok_approve: 'confirmed', tok_decline: 'cancelled' };
  for (const [cardToken, end] of Object.entries(cards)) {
    const key = randomUUID();
    const { status, body } = await platform.shop.place('ada', orderWith({ cardToken }), key);
    expect(status).toBe(201);
    await eventually(async () => (await platform.stateOf(body.id)) === end, 20_000);
    const again = await platform.shop.place('ada', orderWith({ cardToken }), key);
    expect(again.body.id).toBe(body.id);
  }
  await eventually(async () => {
    expect(await platform.brokenInvariants()).toEqual([]);
  }, 20_000);
}, 60_000);
