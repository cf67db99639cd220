/** Load on the platform from inside the cluster, for as long as something is done to it; and what became of every order. */
import { until } from '../chaos-stage.ts';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { inside, start } from './kubectl.ts';
import type { Placed } from './place-orders.ts';

const START_MS = 30_000;
const END_MS = 60_000;
/** For a backlog that gets smaller; one that does not ends sooner. */
const QUIET_MS = 1_800_000;

/** `kind` is `['--rate', '50']` or `['--clients', '16']`. Ends the load when `work` is done. */
export async function underLoad(kind: string[], work: () => Promise<void>): Promise<Placed> {
  const words = ['node', 'commands/lib/k8s/place-orders.ts', ...kind];
  const child = start(['exec', '--stdin', 'deploy/tools', '--', ...words]);
  let output = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const closed = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  const complain = () => new UserError(`the load has ended: ${complaint.trim()}`);
  try {
    await until(async () => isOver() || complaint.includes('started'), {
      timeoutMs: START_MS,
      complaint: 'the load did not start',
    });
    if (isOver()) throw complain();
    await work();
    child.stdin?.end();
    await until(async () => isOver(), { timeoutMs: END_MS, complaint: 'the load did not end' });
    await closed;
    if (output === '') throw complain();
    return JSON.parse(output) as Placed;
  } finally {
    child.kill('SIGKILL');
  }
}

/** What became of every order in the books, by its id. */
export type Decided = Map<string, string>;

/** Waits until nothing is undecided, under way or unread. */
export async function waitUntilQuiet(): Promise<Decided> {
  const words = ['commands/lib/k8s/wait-until-quiet.ts'];
  return new Map(JSON.parse(await inside(words, { timeoutMs: QUIET_MS })) as [string, string][]);
}

/** Orders that a client was told of and that are not in the books. */
export function lostOf({ ids }: Placed, decided: Decided): string[] {
  return ids.filter((id) => !decided.has(id));
}
