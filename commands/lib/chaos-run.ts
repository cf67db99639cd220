/**
 * Carries out a chaos plan on a platform of its own: clients order in rounds, and in the middle of each round
 * processes die by SIGKILL. The next round begins when they are back, so that every kill meets load.
 */
import type { Platform } from '../../infra/embedded/platform.ts';
import { audit, type AuditResult } from './audit.ts';
import { isPaying, readBooks, type Books, type Databases } from './books.ts';
import { createClients, type ClientRecord } from './chaos-clients.ts';
import type { Round, Victim } from './chaos-plan.ts';
import type { Shop } from './shop.ts';
import { serviceNames } from '../../infra/embedded/names.ts';
import { databaseUrl } from '../../infra/embedded/services.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { flows } from '@waymark/contracts/flows.ts';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChaosOutcome {
  record: ClientRecord;
  books: Books;
  results: AuditResult[];
  /** From each kill to the process's readiness, in milliseconds. */
  recoveriesMs: number[];
  quiet: boolean;
}

export interface ChaosRun {
  platform: Platform;
  shop: Shop;
  rounds: Round[];
  clients: number;
  say: (line: string) => void;
}

const RECOVERY_MS = 60_000;
const QUIET_MS = 120_000;

export async function runChaos(run: ChaosRun): Promise<ChaosOutcome> {
  const { platform, shop, rounds, say } = run;
  const clients = createClients(shop);
  const recoveriesMs: number[] = [];
  for (const [index, round] of rounds.entries()) {
    const { orders, victims } = round;
    const queue = [...orders];
    const middle = Promise.withResolvers<void>();
    const work = async () => {
      for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
        if (queue.length <= orders.length / 2) middle.resolve();
        await clients.order(order);
      }
    };
    const killing = middle.promise.then(() => kill(platform, round, recoveriesMs));
    await Promise.all([killing, ...Array.from({ length: run.clients }, work)]);
    const done = `${String(clients.record.accepted.size)} accepted`;
    say(
      `round ${String(index + 1)} of ${String(rounds.length)}: ${done}, killed ${victims.join(' and ') || 'nothing'}`,
    );
  }
  say('waiting until it is quiet');
  const quiet = await waitUntilQuiet(platform);
  const books = await readBooks(urls(platform), 0);
  return { record: clients.record, books, results: audit(books), recoveriesMs, quiet };
}

async function kill(platform: Platform, round: Round, recoveriesMs: number[]): Promise<void> {
  const { victims, killAfterMs } = round;
  await sleep(killAfterMs);
  const recoveries = victims.map(async (victim) => {
    const before = await pidOf(platform, victim);
    if (before === undefined) throw new Error(`${victim} is not running, so it cannot be killed`);
    const killedAt = performance.now();
    process.kill(before, 'SIGKILL');
    while (!(await isBack(platform, victim, before))) {
      if (performance.now() - killedAt > RECOVERY_MS)
        throw new Error(`${victim} did not come back`);
      await sleep(20);
    }
    recoveriesMs.push(performance.now() - killedAt);
  });
  await Promise.all(recoveries);
}

async function pidOf(platform: Platform, victim: Victim): Promise<number | undefined> {
  return victim === 'postgres' ? platform.postmasterPid() : platform.processes[victim].pid();
}

/** The database is back when everything that needs it is ready. */
async function isBack(platform: Platform, victim: Victim, before: number): Promise<boolean> {
  const pid = await pidOf(platform, victim);
  if (pid === undefined || pid === before) return false;
  const names = victim === 'postgres' ? serviceNames : [victim];
  const ready = await Promise.all(
    names.map(async (name) => {
      const { operationsPort } = platform.state.ports.services[name];
      const url = `http://127.0.0.1:${String(operationsPort)}/readyz`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
      return answer?.ok === true;
    }),
  );
  return ready.every(Boolean);
}

/** Nothing undecided, nothing under way, nothing unread. False where that does not come about in time. */
async function waitUntilQuiet(platform: Platform): Promise<boolean> {
  const deadline = performance.now() + QUIET_MS;
  while (performance.now() < deadline) {
    const lag = await readLag(platform).catch(() => 1);
    const books = lag > 0 ? undefined : await readBooks(urls(platform), 0).catch(() => undefined);
    // An order that was decided between the two looks has its event on the log by the second.
    if (books !== undefined && isQuiet(books) && (await readLag(platform).catch(() => 1)) === 0) {
      return true;
    }
    await sleep(500);
  }
  return false;
}

function isQuiet(books: Books): boolean {
  const undecided = books.orders.some(
    ({ state }) => state !== 'confirmed' && state !== 'cancelled',
  );
  const paying = books.payments.some(({ state }) => isPaying(state));
  const waiting = books.waiting.some(({ where, count }) => where.startsWith('outbox') && count > 0);
  return !undecided && !paying && !waiting;
}

/** Events that some service has not handled yet; each reads under its own name. */
async function readLag(platform: Platform): Promise<number> {
  const url = urls(platform)('broker');
  const eventLog = openPostgresEventLog({ url, client: 'chaos', log: silentLog });
  try {
    const lags = await Promise.all(
      flows.map(({ service, receives }) =>
        eventLog.lag(service, [...new Set(receives.map(({ topic }) => topic))]),
      ),
    );
    return totalLag(lags.flat());
  } finally {
    await eventLog.close();
  }
}

function urls({ state, secrets }: Platform): Databases {
  return (name) => databaseUrl({ ports: state.ports, secrets }, name);
}
