/**
 * Runs in the cluster: waits until nothing is undecided, under way or unread, and prints the id and state of every order as
 * JSON. A backlog may take as long as it gets smaller.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readStates } from '../books.ts';
import { countLeft } from '../left.ts';
import { getRunning, runCommand } from '../running.ts';

/** Counting takes CPU from whoever works the backlog off. */
const PAUSE_MS = 2000;
const STALLED_MS = 120_000;

if (import.meta.main) await runCommand(main);

async function main(): Promise<number> {
  const running = await getRunning();
  let least = Infinity;
  let smallerAt = performance.now();
  for (;;) {
    const { underWay, deadLetters } = await countLeft(running);
    // Dead letters count too: there are to be none.
    const left = underWay + deadLetters;
    if (left === 0) break;
    if (left < least) [least, smallerAt] = [left, performance.now()];
    if (performance.now() - smallerAt > STALLED_MS)
      throw new Error(`it does not get quiet: ${String(left)} left, and not less`);
    await sleep(PAUSE_MS);
  }
  process.stdout.write(JSON.stringify(await readStates(running.databaseUrl)));
  return 0;
}
