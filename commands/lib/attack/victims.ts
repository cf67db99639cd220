/** Objects that somebody owns, for attacks by somebody who does not: one for each collection whose objects have owners. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoAddress } from '../shop.ts';
import { parsed } from './ask.ts';
import { honest } from './attack.ts';
import type { Target } from './target.ts';

export interface Victim {
  owner: string;
  attacker: string;
  /** For the parameters of a path, in order. */
  ids: string[];
  /** Where the owner reads it. */
  path: string;
  list: string;
  /** In every answer that shows the object. */
  secret: string;
}

/** By collection. */
export type Victims = Record<string, Victim>;

const SETTLES_MS = 20_000;

export const anOrder = (productId = 'alloy-cookset-for-four') => ({
  lines: [{ productId, quantity: 1 }],
  payment: { cardToken: 'tok_approve' },
  shipTo: demoAddress,
});

export async function makeVictims(target: Target): Promise<Victims> {
  const webhook = await register(target);
  const order = await placeOrder(target);
  const path = `/v1/webhooks/${webhook}`;
  return {
    orders: {
      owner: 'ada',
      attacker: 'bob',
      ids: [order],
      path: `/v1/orders/${order}`,
      list: '/v1/orders',
      secret: order,
    },
    webhooks: {
      owner: 'partner',
      attacker: 'outfitter',
      ids: [webhook, await firstDelivery(target, path)],
      path,
      list: '/v1/webhooks',
      secret: webhook,
    },
  };
}

/** Where a partner could be and nobody is. */
export const NOWHERE = 'https://partner.invalid/hook';

async function register(target: Target): Promise<string> {
  await removeVictims(target);
  const json = { url: NOWHERE, eventTypes: ['order-placed'] };
  const made = await target.askAs('partner', { method: 'POST', path: '/v1/webhooks', json });
  honest('a partner registers a webhook', made.status === 201, made);
  return idOf(made.text);
}

/** Those of an earlier run too, as a partner has room for 20. An order stays, as orders do. */
export async function removeVictims(target: Target): Promise<void> {
  const { text } = await target.askAs('partner', { path: '/v1/webhooks?limit=100' });
  const { items = [] } = parsed(text) as { items?: { id: string; url: string }[] };
  for (const { id } of items.filter(({ url }) => url === NOWHERE))
    await target.askAs('partner', { method: 'DELETE', path: `/v1/webhooks/${id}` });
}

/** When it is confirmed, so that what changes later was changed by somebody. */
async function placeOrder(target: Target): Promise<string> {
  const made = await target.askAs('ada', {
    method: 'POST',
    path: '/v1/orders',
    headers: { 'idempotency-key': randomUUID() },
    json: anOrder(),
  });
  honest('a customer places an order', made.status === 201, made);
  const id = idOf(made.text);
  await until(async () => {
    const { text } = await target.askAs('ada', { path: `/v1/orders/${id}` });
    return text.includes('"confirmed"');
  });
  return id;
}

async function firstDelivery(target: Target, path: string): Promise<string> {
  let found: string | undefined;
  await until(async () => {
    const { text } = await target.askAs('partner', { path: `${path}/deliveries` });
    found = (parsed(text) as { items?: { id: string }[] }).items?.[0]?.id;
    return found !== undefined;
  });
  return found ?? '';
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + SETTLES_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('the honest request did not settle in 20 s');
    await sleep(200);
  }
}

export function idOf(text: string): string {
  return (parsed(text) as { id: string }).id;
}
