/**
 * Overload: more orders than the platform can decide, with a limit to those that wait for it and without one. What
 * counts is what was promised: an order that is taken, and then cancelled because nobody got to it in time, is worse than
 * one that is refused at once. Deadline and limit are a twelfth of what they are in the shop, to be done in a minute.
 */
import { orderCancelled, orderConfirmed } from '@waymark/contracts/orders.ts';
import { oneByOne } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { withPlatform, type Bench, type BenchContext } from './lib/bench.ts';
import { openLoop } from './lib/load.ts';
import { postToGateway } from './lib/post-orders.ts';

const LOAD = { perSecond: 800, seconds: 20 };
const DEADLINE_SECONDS = 10;
const MAX_UNDECIDED = 400;
const DECIDED_MS = 120_000;

export const overload: Bench = {
  name: 'overload',
  async run(_, print) {
    const results = [];
    for (const limit of [undefined, MAX_UNDECIDED]) {
      const extra: Record<string, string> = {
        ORDER_DEADLINE_SECONDS: String(DEADLINE_SECONDS),
        ...(limit === undefined ? {} : { ORDERS_MAX_UNDECIDED: String(limit) }),
      };
      const found = await withPlatform(extra, burden);
      const share = found.confirmed / found.accepted;
      print(
        `${limit === undefined ? 'no limit' : `limit ${String(limit)}`}: ${String(found.accepted)} orders taken, ` +
          `${String(found.refused)} refused, ${String(found.confirmed)} confirmed, ${String(found.cancelled)} cancelled; ` +
          `of those taken ${(share * 100).toFixed(1)} % confirmed`,
      );
      results.push({ limit, share, ...found });
    }
    return { ...LOAD, deadlineSeconds: DEADLINE_SECONDS, results };
  },
};

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
  const { timesMs, failures: refused } = await openLoop(await postToGateway(context), LOAD);
  const accepted = timesMs.length;
  const deadline = performance.now() + DECIDED_MS;
  while (confirmed.size + cancelled.size < accepted) {
    if (performance.now() > deadline) throw new Error('not every order was decided');
    await sleep(100);
  }
  await subscription.stop();
  await eventLog.close();
  return { accepted, refused, confirmed: confirmed.size, cancelled: cancelled.size };
}
