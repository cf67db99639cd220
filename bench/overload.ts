/**
 * Overload: more orders than the platform can decide, with the limit at intake and without one. What counts is what was
 * promised: an order that is taken, and cancelled because nobody got to it in time, is worse than one that is refused
 * at once. The deadline is a twelfth of the shop's, to be done in a minute.
 */
import { orderCancelled, orderConfirmed } from '@waymark/contracts/orders.ts';
import { oneByOne } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { withPlatform, type Bench, type BenchContext } from './lib/bench.ts';
import { openLoop } from './lib/load.ts';
import { tryAtGateway } from './lib/post-orders.ts';

const LOAD = { perSecond: 800, seconds: 20 };
const ROUNDS = 3;
const DEADLINE_SECONDS = '10';
const NO_LIMIT = String(LOAD.perSecond * LOAD.seconds);
const DECIDED_MS = 120_000;

export const overload: Bench = {
  name: 'overload',
  async run(_, print) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const unlimited = await withPlatform(
        { ORDER_DEADLINE_SECONDS: DEADLINE_SECONDS, MAX_LATE_ORDERS: NO_LIMIT },
        burden,
      );
      print(`no limit: ${inWords(unlimited)}`);
      const limited = await withPlatform({ ORDER_DEADLINE_SECONDS: DEADLINE_SECONDS }, burden);
      print(`limited:  ${inWords(limited)}`);
      rounds.push({ unlimited, limited });
    }
    return { ...LOAD, deadlineSeconds: DEADLINE_SECONDS, rounds };
  },
};

type Found = Awaited<ReturnType<typeof burden>>;

function inWords({ taken, refused, confirmed, cancelled }: Found): string {
  return (
    `${String(taken)} orders taken, ${String(refused)} refused; ` +
    `${String(confirmed)} confirmed, ${String(cancelled)} cancelled`
  );
}

async function burden(context: BenchContext) {
  const eventLog = openEventLog({ url: context.eventLogUrl, client: 'bench', log: silentLog });
  const confirmed = new Set<string>();
  const cancelled = new Set<string>();
  const subscription = eventLog.subscribe({
    group: 'bench-overload',
    topics: ['waymark.orders'],
    handle: oneByOne(async ({ headers, key }) => {
      if (headers.ce_type === orderConfirmed.type) confirmed.add(key);
      if (headers.ce_type === orderCancelled.type) cancelled.add(key);
    }),
  });
  subscription.start();
  const post = await tryAtGateway(context);
  let taken = 0;
  let refused = 0;
  const { failures } = await openLoop(async (index) => {
    const outcome = await post(index);
    if (outcome === 'placed') taken += 1;
    if (outcome === 'overloaded') refused += 1;
    return outcome === 'placed' || outcome === 'overloaded';
  }, LOAD);
  if (failures > 0) throw new Error(`${String(failures)} orders were neither taken nor refused`);
  const deadline = performance.now() + DECIDED_MS;
  while (confirmed.size + cancelled.size < taken) {
    if (performance.now() > deadline) throw new Error('not every order was decided');
    await sleep(100);
  }
  await subscription.stop();
  await eventLog.close();
  return { taken, refused, confirmed: confirmed.size, cancelled: cancelled.size };
}
