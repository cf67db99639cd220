/**
 * Intake: orders per second through the gateway (token checked twice, idempotent, outbox) against a bare
 * Fastify route with one commit per order, on the same PostgreSQL, in turns.
 */
import { Pool } from 'undici';
import { randomUUID } from 'node:crypto';
import { demoAddress } from '../commands/lib/shop.ts';
import type { Bench } from './lib/bench.ts';
import { closedLoop, type Send } from './lib/load.ts';
import { compare } from './lib/compare.ts';

const CLIENTS = 16;
const SECONDS = 4;
const ROUNDS = 5;

export const intake: Bench = {
  name: 'intake',
  async run(context, print) {
    const { platform, shop, startBare, productIds } = context;
    const token = await shop.token('ada');
    const send = {
      ours: post(`${platform.state.gatewayUrl}/v1/orders`, productIds, () => ({
        authorization: `Bearer ${token}`,
        'idempotency-key': randomUUID(),
      })),
      limit: post(`${await startBare()}/orders`, productIds, () => ({})),
    };
    const load = (side: Send) => () => closedLoop(side, { clients: CLIENTS, seconds: SECONDS });
    const sides = { ours: load(send.ours), limit: load(send.limit) };
    await sides.ours();
    const running = await compare(sides, {
      what: 'intake, everything running',
      rounds: ROUNDS,
      print,
    });
    for (const name of CONSUMERS) await platform.processes[name].stop();
    const paused = await compare(sides, {
      what: 'intake, consumers stopped',
      rounds: ROUNDS,
      print,
    });
    return { clients: CLIENTS, seconds: SECONDS, rounds: ROUNDS, results: [running, paused] };
  },
};

const CONSUMERS = ['notifications', 'payments', 'psp', 'inventory'] as const;

function post(url: string, productIds: string[], headers: () => Record<string, string>): Send {
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
