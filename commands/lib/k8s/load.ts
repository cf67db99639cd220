/** Load on the platform from inside the cluster, for as long as something is done to it; and what became of every order. */
import { isPaying } from '../books.ts';
import type { Look } from '../look.ts';
import { until } from '../chaos-stage.ts';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { inside, start } from './kubectl.ts';
import type { Placed } from './place-orders.ts';

const START_MS = 30_000;
const END_MS = 60_000;
const QUIET_MS = 300_000;
const LOOK_MS = 60_000;

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

/** Waits until nothing is undecided, under way or unread, and returns the books. */
export async function waitUntilQuiet(): Promise<Look> {
  let last = await look();
  const quiet = async () => {
    last = await look();
    return last.lag === 0 && isQuiet(last);
  };
  await until(quiet, { timeoutMs: QUIET_MS, complaint: 'it did not get quiet in time' });
  return last;
}

export async function look(): Promise<Look> {
  return JSON.parse(await inside(['commands/lib/print-look.ts'], { timeoutMs: LOOK_MS })) as Look;
}

function isQuiet({ books }: Look): boolean {
  const undecided = books.orders.some(({ state }) => !['confirmed', 'cancelled'].includes(state));
  const paying = books.payments.some(({ state }) => isPaying(state));
  return !undecided && !paying && books.waiting.every(({ count }) => count === 0);
}

/** Orders that a client was told of and that are not in the books. */
export function lostOf(placed: Placed, { books }: Look): string[] {
  const known = new Set(books.orders.map(({ id }) => id));
  return placed.ids.filter((id) => !known.has(id));
}
