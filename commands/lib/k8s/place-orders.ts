/**
 * Runs in the cluster, beside the services: places orders until its input ends, and prints what came of them as JSON. An
 * open loop (`--rate`, orders a second, whatever comes back) shows what a customer suffers; a closed one (`--clients`,
 * each sending its next order when it has the answer) finds the most that is taken. Nothing is sent twice: what fails
 * counts as failed.
 */
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { getRunning, runCommand } from '../running.ts';
import { createShop, demoAddress, type Shop } from '../shop.ts';

export interface Placed {
  sent: number;
  accepted: number;
  perSecond: number;
  /** When each thing went wrong, in seconds from the start. */
  failures: Record<string, number[]>;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  ids: string[];
}

/** More under way than this, and a server that hangs would fill our memory. */
const MAX_WAITING = 1000;
const PRODUCTS = 100;
/** An open loop reaches its rate in so many seconds, as traffic does: code that has only just started is many times as slow. */
export const RAMP_SECONDS = 20;

if (import.meta.main) await runCommand(main);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '0' },
      clients: { type: 'string', default: '0' },
    },
  });
  const shop = createShop(await getRunning());
  const place = createOrderer(
    shop,
    (await shop.products(PRODUCTS)).map(({ id }) => id),
  );
  await shop.token('ada');
  const over = new AbortController();
  void once(process.stdin.resume(), 'end').then(() => over.abort());
  process.stderr.write('started\n');
  const startedAt = performance.now();
  if (values.rate === '0') await closedLoop(place.one, Number(values.clients), over.signal);
  else await openLoop(place, Number(values.rate), over.signal);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(JSON.stringify(place.summary(seconds)));
  return 0;
}

function createOrderer(shop: Shop, productIds: string[]) {
  const failures: Record<string, number[]> = {};
  const startedAt = performance.now();
  const timesMs: number[] = [];
  const ids: string[] = [];
  const waiting = new Set<Promise<void>>();
  let sent = 0;

  async function one(): Promise<void> {
    const productId = productIds[sent % productIds.length] ?? '';
    sent += 1;
    const body = {
      lines: [{ productId, quantity: 1 }],
      payment: { cardToken: 'tok_approve' },
      shipTo: demoAddress,
    };
    const sentAt = performance.now();
    const failed = await shop.place('ada', body, randomUUID()).then(
      (answer) => {
        if (answer.status !== 201) return `${String(answer.status)} ${answer.body.code ?? ''}`;
        ids.push(answer.body.id);
        return undefined;
      },
      (error: unknown) => describe(error),
    );
    timesMs.push(performance.now() - sentAt);
    if (failed === undefined) return;
    const second = Math.round((sentAt - startedAt) / 1000);
    failures[failed] = [...(failures[failed] ?? []), second];
  }

  return {
    one,
    waiting,
    summary(seconds: number): Placed {
      timesMs.sort((a, b) => a - b);
      const at = (share: number) =>
        Math.round(timesMs[Math.min(timesMs.length - 1, Math.floor(timesMs.length * share))] ?? 0);
      const accepted = ids.length;
      const perSecond = Math.round((accepted / seconds) * 10) / 10;
      const times = { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
      return { sent, accepted, perSecond, failures, ...times, ids };
    },
  };
}

async function closedLoop(
  one: () => Promise<void>,
  clients: number,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => signal.aborted;
  const client = async () => {
    while (!isOver()) await one();
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function openLoop(
  { one, waiting }: ReturnType<typeof createOrderer>,
  rate: number,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => signal.aborted;
  const startedAt = performance.now();
  for (let index = 0; !isOver(); index += 1) {
    const waitMs = startedAt + sentAfterMs(index, rate) - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    if (waiting.size >= MAX_WAITING) throw new Error('the platform has stopped answering');
    const order = one();
    waiting.add(order);
    void order.then(() => waiting.delete(order));
  }
  await Promise.all(waiting);
}

/** When an order is due: the rate rises evenly to what it is to be, and stays there. */
function sentAfterMs(index: number, rate: number): number {
  const inRamp = (rate * RAMP_SECONDS) / 2;
  if (index < inRamp) return Math.sqrt((2 * index * RAMP_SECONDS) / rate) * 1000;
  return (RAMP_SECONDS + (index - inRamp) / rate) * 1000;
}

function describe(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string } };
  return cause?.code ?? message ?? String(error);
}
