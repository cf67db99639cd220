/** Replaces every pod of every service while orders come in: what a release does, with nothing new in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from './kubectl.ts';
import { lostOf, underLoad, waitUntilQuiet } from './load.ts';
import { RAMP_SECONDS, type Placed } from './place-orders.ts';

const ROLL_SECONDS = 180;
/** Full load before the first pod goes. */
const BEFORE_MS = 3000;
/** And after the last is ready: until the pod before it has gone on serving (workload.ts), and has drained. */
const AFTER_MS = 30_000;

export interface Rolled {
  placed: Placed;
  /** Of each service, in seconds, until its last old pod was gone from the rollout. */
  seconds: Record<string, number>;
  lost: string[];
  confirmed: number;
}

export async function roll(
  services: readonly string[],
  rate: number,
  say: (line: string) => void,
): Promise<Rolled> {
  const seconds: Record<string, number> = {};
  const begunAt = performance.now();
  const since = () => String(Math.round((performance.now() - begunAt) / 1000));
  const placed = await underLoad(['--rate', String(rate)], async () => {
    await sleep(RAMP_SECONDS * 1000 + BEFORE_MS);
    for (const name of services) {
      const startedAt = performance.now();
      await kubectl(['rollout', 'restart', `deployment/${name}`]);
      const timeout = `--timeout=${String(ROLL_SECONDS)}s`;
      const options = { timeoutMs: (ROLL_SECONDS + 10) * 1000 };
      await kubectl(['rollout', 'status', `deployment/${name}`, timeout], options);
      seconds[name] = Math.round((performance.now() - startedAt) / 100) / 10;
      say(`${name} is rolled, ${String(seconds[name])} s, at second ${since()}`);
    }
    await sleep(AFTER_MS);
  });
  for (const line of describe(placed)) say(line);
  say('waiting until it is quiet');
  const decided = await waitUntilQuiet();
  const confirmed = placed.ids.filter((id) => decided.get(id) === 'confirmed').length;
  // A saga that the load left no CPU keeps every promise, and cancels at the deadline what it did not come to.
  say(`${String(confirmed)} of ${String(placed.accepted)} orders were confirmed in time`);
  return { placed, seconds, lost: lostOf(placed, decided), confirmed };
}

function describe({ sent, accepted, failures, p50Ms, p99Ms, maxMs }: Placed): string[] {
  const times = `${String(p50Ms)} ms, p99 ${String(p99Ms)}, max ${String(maxMs)}`;
  const bad = Object.entries(failures).map(([what, seconds]) => {
    const when = [...new Set(seconds)].sort((a, b) => a - b).join(', ');
    return `  ${String(seconds.length)} x ${what}, at second ${when}`;
  });
  const counts = `${String(sent)} orders sent, ${String(sent - accepted)} failed`;
  return [`${counts}; an answer took ${times}`, ...bad];
}
