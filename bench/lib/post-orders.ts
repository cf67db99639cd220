/** Places orders over kept connections, one at a time on each: what the benches of intake load both sides with. */
import { Pool } from 'undici';
import { randomUUID } from 'node:crypto';
import { demoAddress } from '../../commands/lib/shop.ts';
import type { BenchContext } from './bench.ts';
import type { Send } from './load.ts';

export const CLIENTS = 16;
/** Whoever works on an order once it is placed; without them only intake is left. */
export const CONSUMERS = ['notifications', 'payments', 'psp', 'inventory'] as const;

/** Ours: through the gateway, with a token and an idempotency key. */
export async function postToGateway({ platform, shop, productIds }: BenchContext): Promise<Send> {
  const token = await shop.token('ada');
  return postOrders(`${platform.state.gatewayUrl}/v1/orders`, productIds, () => ({
    authorization: `Bearer ${token}`,
    'idempotency-key': randomUUID(),
  }));
}

export function postOrders(
  url: string,
  productIds: string[],
  headers: () => Record<string, string>,
): Send {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: CLIENTS });
  return async (index) => {
    const productId = productIds[index % productIds.length];
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers() },
      body: JSON.stringify({
        lines: [{ productId, quantity: 1 }],
        payment: { cardToken: 'tok_approve' },
        shipTo: demoAddress,
      }),
    });
    await answer.body.dump();
    return answer.statusCode === 201;
  };
}
