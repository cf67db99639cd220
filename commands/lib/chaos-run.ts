/**
 * Carries out a chaos plan on a stage: clients order in rounds, and in the middle of each round processes die or
 * freeze. The next round begins when they are back, so that every fault meets load.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, type AuditResult } from './audit.ts';
import type { Books } from './books.ts';
import { createClients, type ClientRecord } from './chaos-clients.ts';
import type { Fault, Round } from './chaos-plan.ts';
import type { Stage } from './chaos-stage.ts';
import { createShop } from './shop.ts';

export interface Recovery {
  fault: Fault;
  /** From a kill, or from the end of a pause, to readiness. */
  ms: number;
}

export interface ChaosOutcome {
  record: ClientRecord;
  books: Books;
  results: AuditResult[];
  recoveries: Recovery[];
  quiet: boolean;
}

export interface ChaosRun {
  stage: Stage;
  rounds: Round[];
  clients: number;
  say: (line: string) => void;
}

const QUIET_MS = 120_000;

export async function runChaos(run: ChaosRun): Promise<ChaosOutcome> {
  const { stage, rounds, say } = run;
  const clients = createClients(createShop(stage));
  const recoveries: Recovery[] = [];
  for (const [index, round] of rounds.entries()) {
    const queue = [...round.orders];
    const middle = Promise.withResolvers<void>();
    const work = async () => {
      for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
        if (queue.length <= round.orders.length / 2) middle.resolve();
        await clients.order(order);
      }
    };
    const striking = middle.promise.then(() => strike(stage, round));
    const [struck] = await Promise.all([striking, ...Array.from({ length: run.clients }, work)]);
    recoveries.push(...struck);
    const done = `${String(clients.record.accepted.size)} accepted`;
    const what = struck.map(describe).join(', ') || 'no fault';
    say(`round ${String(index + 1)} of ${String(rounds.length)}: ${done}; ${what}`);
  }
  say('waiting until it is quiet');
  const { quiet, books } = await waitUntilQuiet(stage);
  return { record: clients.record, books, results: audit(books), recoveries, quiet };
}

async function strike(stage: Stage, { faults, strikeAfterMs }: Round): Promise<Recovery[]> {
  await sleep(strikeAfterMs);
  return Promise.all(faults.map(async (fault) => ({ fault, ms: await stage.strike(fault) })));
}

function describe({ fault: { victim, pauseMs }, ms }: Recovery): string {
  const harm = pauseMs === undefined ? 'killed' : `paused for ${String(pauseMs)} ms`;
  return `${victim} ${harm}, back after ${ms.toFixed(0)} ms`;
}

/** Nothing undecided, nothing under way, nothing unread. Not quiet where that does not come about in time. */
async function waitUntilQuiet(stage: Stage): Promise<{ quiet: boolean; books: Books }> {
  const deadline = performance.now() + QUIET_MS;
  while (performance.now() < deadline) {
    const books = await booksOnceQuiet(stage).catch(() => undefined);
    if (books !== undefined) return { quiet: true, books };
    await sleep(500);
  }
  return { quiet: false, books: await stage.books() };
}

async function booksOnceQuiet(stage: Stage): Promise<Books | undefined> {
  const { underWay } = await stage.left();
  return underWay === 0 ? stage.books() : undefined;
}
