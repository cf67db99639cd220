/**
 * Intake: orders per second through the gateway (token checked twice, idempotent, outbox) against a bare
 * Fastify route with one commit per order, on the same PostgreSQL, in turns.
 */
import type { Bench } from './lib/bench.ts';
import { compare } from './lib/compare.ts';
import { closedLoop, type Send } from './lib/load.ts';
import { CLIENTS, CONSUMERS, postOrders, postToGateway } from './lib/post-orders.ts';

const SECONDS = 4;
const ROUNDS = 5;

export const intake: Bench = {
  name: 'intake',
  async run(context, print) {
    const { platform, startBare, productIds } = context;
    const send = {
      ours: await postToGateway(context),
      limit: postOrders(`${(await startBare()).url}/orders`, productIds, () => ({})),
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
