/**
 * Latency: from the moment an order was due to be sent until its confirmation is on the log, at fixed rates
 * (open loop, so that waiting counts), against the floor: the same number of bare hops over the same log. Between the
 * two, what these hops take where each has its effect once, in a transaction, and nothing else is done.
 */
import { orderConfirmed } from '@waymark/contracts/orders.ts';
import { oneByOne, type EventLog } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import { demoAddress } from '../commands/lib/shop.ts';
import type { Bench, Target } from './lib/bench.ts';
import { bareHops, HOPS, hopsWithEffect, type Sender } from './lib/hops.ts';
import { openLoop, percentile, type Load } from './lib/load.ts';
import { waitingRoom } from './lib/waiting-room.ts';

/** On processes that have just started. */
const RATES = [10, 50, 100];
/** Once more when they, and their compilers, have had this for a minute. */
const SUSTAINED = { perSecond: 50, seconds: 60 };
const SECONDS = 12;
const WARM_UP = { perSecond: 20, seconds: 3 };

export const latency: Bench<Target> = {
  name: 'latency',
  async run(context, print) {
    const eventLog = openEventLog({ url: context.eventLogUrl, client: 'bench', log: silentLog });
    const effects = async () => hopsWithEffect(eventLog, await context.createOutbox());
    // The hops first, of a platform that rests: what is left to do for an order that is confirmed would slow them.
    const floors = await measure(await bareHops(eventLog), RATES);
    const withEffects = await measure(await effects(), RATES);
    const started = await measure(await watchOrders(eventLog, context), RATES);
    const results = started.map((ours, index) => compare(ours, withEffects[index], floors[index]));
    for (const one of results) print(inWords(one));

    const [ours] = await sustain(await watchOrders(eventLog, context));
    const [floor] = await sustain(await bareHops(eventLog));
    const [withEffect] = await sustain(await effects());
    const sustained = compare(ours, withEffect, floor);
    print(`after ${String(SUSTAINED.seconds)} s of it, ${inWords(sustained)}`);
    await eventLog.close();
    return { seconds: SECONDS, results, sustained };
  },
};

type Times = ReturnType<typeof summary> & { perSecond: number };

/** At each rate in turn. */
async function measure({ send, stop }: Sender, rates: number[]): Promise<Times[]> {
  await openLoop(send, WARM_UP);
  const found: Times[] = [];
  for (const perSecond of rates)
    found.push({ perSecond, ...summary(await openLoop(send, { perSecond, seconds: SECONDS })) });
  await stop();
  return found;
}

async function sustain(sender: Sender): Promise<Times[]> {
  await openLoop(sender.send, SUSTAINED);
  return measure(sender, [SUSTAINED.perSecond]);
}

function compare(ours?: Times, withEffect?: Times, floor?: Times) {
  if (ours === undefined || withEffect === undefined || floor === undefined)
    throw new Error('nothing was measured');
  const ratioOf = ({ p99Ms }: Times) => p99Ms / floor.p99Ms;
  return {
    perSecond: ours.perSecond,
    ours,
    withEffect,
    floor,
    ratio: ratioOf(ours),
    effectRatio: ratioOf(withEffect),
  };
}

function inWords(compared: ReturnType<typeof compare>): string {
  const { perSecond, ours, withEffect, floor, ratio, effectRatio } = compared;
  const times = ({ p50Ms, p99Ms, maxMs }: Times) =>
    `p50 ${p50Ms.toFixed(0)} p99 ${p99Ms.toFixed(0)} max ${maxMs.toFixed(0)} ms`;
  return (
    `${String(perSecond)}/s: ${times(ours)}; ${String(HOPS)} bare hops ${times(floor)}; p99 ratio ${ratio.toFixed(1)}; ` +
    `hops with an effect ${times(withEffect)}, ratio ${effectRatio.toFixed(1)}`
  );
}

/** Resolves each order when its confirmation is read from the log. */
async function watchOrders(eventLog: EventLog, { shop, productIds }: Target): Promise<Sender> {
  const confirmations = waitingRoom();
  const subscription = eventLog.subscribe({
    group: 'bench-orders',
    topics: ['waymark.orders'],
    handle: oneByOne(async ({ headers, key }) => {
      if (headers.ce_type === orderConfirmed.type) confirmations.arrive(key);
    }),
  });
  subscription.start();
  await shop.token('ada');
  return {
    stop: subscription.stop,
    async send(index: number) {
      const productId = productIds[index % productIds.length] ?? '';
      const lines = [{ productId, quantity: 1 }];
      const order = { lines, payment: { cardToken: 'tok_approve' }, shipTo: demoAddress };
      const { status, body } = await shop.place('ada', order, randomUUID());
      return status === 201 && confirmations.wait(body.id);
    },
  };
}

function summary({ timesMs, failures }: Load) {
  return {
    p50Ms: percentile(timesMs, 0.5),
    p99Ms: percentile(timesMs, 0.99),
    maxMs: timesMs.at(-1) ?? NaN,
    failures,
  };
}
