/**
 * Runs in the cluster: waits until nothing is undecided, under way or unread, and prints the id and state of every order as
 * JSON. A backlog may take as long as it gets smaller.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { look, underWay, waitingIn, type Look } from '../look.ts';
import { getRunning, runCommand } from '../running.ts';

/** Reading all books takes CPU from whoever works the backlog off. */
const PAUSE_MS = 5000;
const STALLED_MS = 120_000;

/** Dead letters count too: there are to be none. */
const leftIn = (seen: Look) => underWay(seen) + waitingIn(seen.books, 'dead letters');

if (import.meta.main) await runCommand(main);

async function main(): Promise<number> {
  const running = await getRunning();
  let seen = await look(running);
  let least = leftIn(seen);
  let smallerAt = performance.now();
  while (leftIn(seen) > 0) {
    if (performance.now() - smallerAt > STALLED_MS)
      throw new Error(`it does not get quiet: ${String(leftIn(seen))} left, and not less`);
    await sleep(PAUSE_MS);
    seen = await look(running);
    if (leftIn(seen) >= least) continue;
    least = leftIn(seen);
    smallerAt = performance.now();
  }
  process.stdout.write(JSON.stringify(seen.books.orders.map(({ id, state }) => [id, state])));
  return 0;
}
