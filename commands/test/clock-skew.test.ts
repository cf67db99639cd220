/** A platform whose machines disagree by up to two minutes about the time of day. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServiceName } from '../../infra/embedded/names.ts';
import { startPlatform, type Platform } from '../../infra/embedded/platform.ts';
import { databaseUrl } from '../../infra/embedded/services.ts';
import { audit } from '../lib/audit.ts';
import { readBooks } from '../lib/books.ts';
import { createShop, demoAddress, type OrderAnswer, type Shop } from '../lib/shop.ts';

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

let directory: string;
let platform: Platform;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'waymark-skew-'));
  platform = await startPlatform({
    directory,
    gatewayPort: await freePort(),
    say: () => undefined,
    extra: {
      CLOCK_SKEWS: JSON.stringify(skews),
      NODE_OPTIONS: `--import ${new URL('skew-clock.ts', import.meta.url).href}`,
    },
  });
  shop = createShop({ gatewayUrl: platform.state.gatewayUrl, clients: platform.secrets.clients });
}, 70_000);

afterAll(async () => {
  await platform.stop();
  await rm(directory, { recursive: true, force: true });
}, 30_000);

const order = (cardToken: string) => ({
  lines: [{ productId: 'alloy-cookset-for-four', quantity: 1 }],
  payment: { cardToken },
  shipTo: demoAddress,
});

async function stateOf(id: string): Promise<string> {
  const path = `/v1/orders/${id}`;
  return (await shop.call<OrderAnswer>('ada', { method: 'GET', path })).body.state;
}

test('services really disagree', async () => {
  const { body } = await shop.place('ada', order('tok_approve'), randomUUID());
  const placedAt = Date.parse((body as unknown as { placedAt: string }).placedAt);
  expect(Math.abs(placedAt - Date.now() - MINUTE_MS)).toBeLessThan(20_000);
});

test('tokens are accepted and orders end as they should, and the books agree', async () => {
  const cards = { tok_approve: 'confirmed', tok_decline: 'cancelled' };
  for (const [card, end] of Object.entries(cards)) {
    const key = randomUUID();
    const { status, body } = await shop.place('ada', order(card), key);
    expect(status).toBe(201);
    await eventually(async () => (await stateOf(body.id)) === end, 20_000);
    const again = await shop.place('ada', order(card), key);
    expect(again.body.id).toBe(body.id);
  }
  const urlOf = (name: Parameters<typeof databaseUrl>[1]) =>
    databaseUrl({ ports: platform.state.ports, secrets: platform.secrets }, name);
  await eventually(async () => {
    const results = audit(await readBooks(urlOf, 0));
    expect(results.filter(({ findings }) => findings.length > 0)).toEqual([]);
  }, 20_000);
}, 60_000);
