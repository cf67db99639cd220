/**
 * What replicas are good for, measured: how many orders a second are taken, and how fast a backlog is caught up, by one
 * replica and by three. Each is given 0.15 of a core, so that it is the service which is the bound and not the node,
 * whose cores one more replica would not add to; and while orders are taken nobody works on them, or the saga of the first
 * measurement would take the cores of the second.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { inside, kubectl } from './kubectl.ts';
import { lostOf, underLoad, waitUntilQuiet } from './load.ts';
import type { Placed } from './place-orders.ts';
import type { CaughtUp } from './watch-lag.ts';

const CORES = '150m';
const REPLICAS = [1, 3] as const;
const CLIENTS = '16';
/** Whoever works on what was taken. */
const WORKERS = ['inventory', 'payments', 'notifications'];
const INTAKE_MS = 15_000;
/** Kept connections are renewed after 15 s at most, and then lead to the new replicas too. */
const SPREAD_MS = 20_000;
const BACKLOG_MS = 12_000;
const READY_SECONDS = 180;
const WATCH_MS = 240_000;

export interface Scaled {
  /** Of each number of replicas. */
  intake: { replicas: number; perSecond: number }[];
  catchingUp: ({ replicas: number } & CaughtUp)[];
  lost: string[];
}

export async function scale(say: (line: string) => void): Promise<Scaled> {
  const placed: Placed[] = [];
  const intake = await withoutWorkers(() =>
    limited('orders', () =>
      each(async (replicas) => {
        await scaleTo('orders', replicas);
        placed.push(await underLoad(['--clients', CLIENTS], () => sleep(SPREAD_MS)));
        const measured = await underLoad(['--clients', CLIENTS], () => sleep(INTAKE_MS));
        placed.push(measured);
        const { perSecond } = measured;
        say(
          `orders with ${String(replicas)}: ${String(perSecond)} orders/s, ${failuresOf(measured)}`,
        );
        return { replicas, perSecond };
      }),
    ),
  );
  await waitUntilQuiet();
  const catchingUp = await limited('inventory', () =>
    each(async (replicas) => {
      await scaleTo('inventory', 0);
      placed.push(await underLoad(['--clients', CLIENTS], () => sleep(BACKLOG_MS)));
      const watching = inside(['commands/lib/k8s/watch-lag.ts', '--group', 'inventory'], {
        timeoutMs: WATCH_MS,
      });
      await scaleTo('inventory', replicas);
      const caughtUp = JSON.parse(await watching) as CaughtUp;
      say(`inventory with ${String(replicas)}: ${caughtUp.perSecond.toFixed(0)} events/s`);
      await waitUntilQuiet();
      return { replicas, ...caughtUp };
    }),
  );
  const known = await waitUntilQuiet();
  return { intake, catchingUp, lost: placed.flatMap((some) => lostOf(some, known)) };
}

async function each<Result>(measure: (replicas: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const replicas of REPLICAS) results.push(await measure(replicas));
  return results;
}

/** What has piled up is theirs again afterwards. */
async function withoutWorkers<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const name of WORKERS) await scaleTo(name, 0);
  try {
    return await work();
  } finally {
    for (const name of WORKERS) await scaleTo(name, 1);
  }
}

/** Leaves the service with one replica and all the cores that it can get. */
async function limited<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  await patch(name, { op: 'add', value: CORES });
  try {
    await ready(name);
    return await work();
  } finally {
    await patch(name, { op: 'remove' });
    await scaleTo(name, 1);
  }
}

async function patch(
  name: string,
  change: { op: 'add' | 'remove'; value?: string },
): Promise<void> {
  const path = '/spec/template/spec/containers/0/resources/limits/cpu';
  const json = JSON.stringify([{ ...change, path }]);
  await kubectl(['patch', `deployment/${name}`, '--type=json', `--patch=${json}`]);
}

async function scaleTo(name: string, replicas: number): Promise<void> {
  await kubectl(['scale', `deployment/${name}`, `--replicas=${String(replicas)}`]);
  await ready(name);
}

async function ready(name: string): Promise<void> {
  const timeout = `--timeout=${String(READY_SECONDS)}s`;
  const timeoutMs = (READY_SECONDS + 10) * 1000;
  await kubectl(['rollout', 'status', `deployment/${name}`, timeout], { timeoutMs });
}

function failuresOf({ failures }: Placed): string {
  const all = Object.entries(failures).map(([what, { length }]) => `${String(length)} x ${what}`);
  return all.join(', ') || 'none failed';
}
