/** Places orders over kept connections, one at a time on each: what the benches of intake load both sides with. */
import { Pool } from 'undici';
import { randomUUID } from 'node:crypto';
import { demoAddress } from '../../commands/lib/shop.ts';
import type { BenchContext } from './bench.ts';
import type { Send } from './load.ts';

export const CLIENTS = 16;
/** Whoever works on an order once it is placed; without them only intake is left. */
export const CONSUMERS = ['notifications', 'payments', 'psp', 'inventory'] as const;

/** `placed`, or the code of what was answered in its place. */
type Post = (index: number) => Promise<string>;

/** Ours: through the gateway, with a token and an idempotency key. */
export async function postToGateway(context: BenchContext): Promise<Send> {
  return isPlaced(await tryAtGateway(context));
}

export async function tryAtGateway({ platform, shop, productIds }: BenchContext): Promise<Post> {
  const token = await shop.token('ada');
  return createPost(`${platform.state.gatewayUrl}/v1/orders`, productIds, () => ({
    authorization: `Bearer ${token}`,
    'idempotency-key': randomUUID(),
  }));
}

export function postOrders(...to: Parameters<typeof createPost>): Send {
  return isPlaced(createPost(...to));
}

function isPlaced(post: Post): Send {
  return async (index) => (await post(index)) === 'placed';
}

function createPost(
  url: string,
  productIds: string[],
  headers: () => Record<string, string>,
): Post {
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
    if (answer.statusCode !== 201) return ((await answer.body.json()) as { code: string }).code;
    await answer.body.dump();
    return 'placed';
  };
}
