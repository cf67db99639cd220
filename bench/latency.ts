/**
 * Latency: from the moment an order was due to be sent until its confirmation is on the log, at fixed rates
 * (open loop, so that waiting counts), against the floor: the same number of bare hops over the same log.
 */
import { orderConfirmed } from '@waymark/contracts/orders.ts';
import { oneByOne, type EventLog } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import { demoAddress } from '../commands/lib/shop.ts';
import type { Bench, Target } from './lib/bench.ts';
import { openLoop, percentile, type Load, type Send } from './lib/load.ts';

/** On processes that have just started. */
const RATES = [10, 50, 100];
/** Once more when they, and their compilers, have had this for a minute. */
const SUSTAINED = { perSecond: 50, seconds: 60 };
const SECONDS = 12;
const WARM_UP = { perSecond: 20, seconds: 3 };
/** order-placed, stock-reserved, payment-requested, payment-authorised, order-confirmed. */
const HOPS = 5;
const ANSWER_MS = 30_000;

export const latency: Bench<Target> = {
  name: 'latency',
  async run(context, print) {
    const eventLog = openEventLog({ url: context.eventLogUrl, client: 'bench', log: silentLog });
    // The floors first, of a platform that rests: what is left to do for an order that is confirmed would slow them.
    const floors = await measure(await chainHops(eventLog), RATES);
    const started = await measure(await watchOrders(eventLog, context), RATES);
    const results = started.map((ours, index) => compare(ours, floors[index]));
    const orders = await watchOrders(eventLog, context);
    await openLoop(orders.send, SUSTAINED);
    const [ours] = await measure(orders, [SUSTAINED.perSecond]);
    const [floor] = await measure(await chainHops(eventLog), [SUSTAINED.perSecond]);
    const sustained = compare(ours, floor);
    await eventLog.close();
    for (const one of results) print(inWords(one));
    print(`after ${String(SUSTAINED.seconds)} s of it, ${inWords(sustained)}`);
    return { seconds: SECONDS, results, sustained };
  },
};

interface Sender {
  send: Send;
  stop(): Promise<void>;
}

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

function compare(ours?: Times, floor?: Times) {
  if (ours === undefined || floor === undefined) throw new Error('nothing was measured');
  return { perSecond: ours.perSecond, ours, floor, ratio: ours.p99Ms / floor.p99Ms };
}

function inWords({ perSecond, ours, floor, ratio }: ReturnType<typeof compare>): string {
  const times = ({ p50Ms, p99Ms, maxMs }: Times) =>
    `p50 ${p50Ms.toFixed(0)} p99 ${p99Ms.toFixed(0)} max ${maxMs.toFixed(0)} ms`;
  return `${String(perSecond)}/s: ${times(ours)}; ${String(HOPS)} bare hops ${times(floor)}; p99 ratio ${ratio.toFixed(1)}`;
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

/** A chain of topics: whoever reads from one publishes the same to the next. */
async function chainHops(eventLog: EventLog): Promise<Sender> {
  const topics = Array.from({ length: HOPS }, (_, hop) => `bench.hop-${String(hop)}`);
  await eventLog.createTopics(topics.map((name) => ({ name, partitions: 6, retentionMs: 60_000 })));
  const arrivals = waitingRoom();
  const subscriptions = topics.map((topic, hop) =>
    eventLog.subscribe({
      group: topic,
      topics: [topic],
      handle: oneByOne(async ({ key, headers, value }) => {
        const next = topics[hop + 1];
        if (next === undefined) arrivals.arrive(key);
        else await eventLog.publish([{ topic: next, key, headers, value }]);
      }),
    }),
  );
  for (const subscription of subscriptions) subscription.start();
  return {
    async stop() {
      for (const subscription of subscriptions) await subscription.stop();
    },
    async send() {
      const key = randomUUID();
      await eventLog.publish([{ topic: topics[0] ?? '', key, headers: {}, value: '{}' }]);
      return arrivals.wait(key);
    },
  };
}

function waitingRoom() {
  const arrived = new Set<string>();
  const waiting = new Map<string, () => void>();
  return {
    arrive(key: string) {
      arrived.add(key);
      waiting.get(key)?.();
    },
    wait(key: string): Promise<boolean> {
      if (arrived.has(key)) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ANSWER_MS, false);
        waiting.set(key, () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
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
