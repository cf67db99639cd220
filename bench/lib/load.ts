/**
 * Two ways to load a server. Closed loop: so many clients, each sending its next request when it has the last
 * answer, which finds the most that a server can do. Open loop: requests leave at a fixed rate whatever comes
 * back, and time counts from when each was due, so that a server that stalls cannot hide the wait of those behind.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Load {
  /** Answers per second. */
  perSecond: number;
  /** Milliseconds, sorted. */
  timesMs: number[];
  failures: number;
}

/** `send` rejects, or resolves with false, where the answer was not the expected one. */
export type Send = (index: number) => Promise<boolean>;

export async function closedLoop(
  send: Send,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<Load> {
  const timesMs: number[] = [];
  let failures = 0;
  let next = 0;
  const start = performance.now();
  const until = start + seconds * 1000;
  const client = async () => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      if (await send(next++).catch(() => false)) timesMs.push(performance.now() - sentAt);
      else failures += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = (performance.now() - start) / 1000;
  return { perSecond: timesMs.length / elapsed, timesMs: sorted(timesMs), failures };
}

export async function openLoop(
  send: Send,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Load> {
  const timesMs: number[] = [];
  let failures = 0;
  const start = performance.now();
  const sent: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueAt = start + (index / perSecond) * 1000;
    const wait = dueAt - performance.now();
    if (wait > 1) await sleep(wait);
    sent.push(
      send(index).then(
        (right) => {
          if (right) timesMs.push(performance.now() - dueAt);
          else failures += 1;
        },
        () => {
          failures += 1;
        },
      ),
    );
  }
  await Promise.all(sent);
  const elapsed = (performance.now() - start) / 1000;
  return { perSecond: timesMs.length / elapsed, timesMs: sorted(timesMs), failures };
}

export function percentile(sortedMs: number[], share: number): number {
  return sortedMs[Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share))] ?? 0;
}

function sorted(numbers: number[]): number[] {
  return numbers.sort((a, b) => a - b);
}
