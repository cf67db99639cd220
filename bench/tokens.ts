/**
 * Tokens: what their check costs. The bare route with it, as every service of ours has it, against the same route
 * without; both are sent the same token. The bare route is the hardest there is to be measured against.
 */
import type { Bench, BenchContext, ForkedServer } from './lib/bench.ts';
import { compare, compareCpu, noteCpu } from './lib/compare.ts';
import { closedLoop } from './lib/load.ts';
import { CLIENTS, postOrders } from './lib/post-orders.ts';
import { ownMs } from './lib/usage.ts';

const SECONDS = 3;
const ROUNDS = 9;

export const tokens: Bench = {
  name: 'tokens',
  async run(context, print) {
    const { startBare, platform, shop } = context;
    const issuer = `${platform.state.gatewayUrl}/identity`;
    const token = await shop.token('ada');
    const checking = await startBare({ TOKEN_ISSUER: issuer, JWKS_URL: `${issuer}/jwks` });
    const ours = await loadOf(context, checking, token);
    const limit = await loadOf(context, await startBare(), token);
    const what = 'one commit, with the check of a token and without';
    const sides = { ours: ours.load, limit: limit.load };
    const throughput = await compare(sides, { what, rounds: ROUNDS, print });
    const cpu = compareCpu({ ours: ours.perAnswerMs, limit: limit.perAnswerMs }, print);
    return { clients: CLIENTS, seconds: SECONDS, rounds: ROUNDS, throughput, cpu };
  },
};

/** One side, warmed up. The CPU time is the server's own; PostgreSQL's is the same on both. */
async function loadOf({ productIds }: BenchContext, { url, pid }: ForkedServer, token: string) {
  const send = postOrders(`${url}/orders`, productIds, () => ({
    authorization: `Bearer ${token}`,
  }));
  const load = () => closedLoop(send, { clients: CLIENTS, seconds: SECONDS });
  await load();
  return noteCpu(load, () => ownMs(pid));
}
