/**
 * Where a chaos run takes place: a platform of its own and how to harm it. There are two, processes on this
 * machine (chaos-embedded.ts) and containers (chaos-compose.ts); plan, clients and verdict are the same on both.
 */
import type { Client } from '../../infra/embedded/secrets.ts';
import type { Fault } from './chaos-plan.ts';
import type { Books } from './books.ts';
import type { Left } from './left.ts';

export interface Stage {
  gatewayUrl: string;
  clients: Client[];
  /** Resolves when everything that needs the victim is ready again: how long that took from the kill, or from
   *  the end of the pause, in milliseconds. */
  strike(fault: Fault): Promise<number>;
  /** Like `books`, throws while the platform cannot be looked at. */
  left(): Promise<Left>;
  books(): Promise<Books>;
  /** Stops everything. What was kept is described in a line for a person. */
  end(options: { keep: boolean }): Promise<string>;
}

/** Waits until it holds; throws `complaint` where it does not in time. */
export async function until(
  holds: () => Promise<boolean>,
  { timeoutMs, complaint }: { timeoutMs: number; complaint: string },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(complaint);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
