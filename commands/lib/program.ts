/** Programs of somebody else's (docker, kubectl, cosign), started for their output or on this terminal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../infra/embedded/user-error.ts';

/** Where they are started: the folder of docker-compose.yml. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Call {
  args: readonly string[];
  /** What is written to its standard input. */
  input?: string | undefined;
  /** On top of ours. */
  env?: Record<string, string> | undefined;
  /** After this long it is killed. */
  timeoutMs?: number | undefined;
  /** How many of its last lines are shown where it fails. */
  shownLines?: number;
  /** Said where there is no such program. */
  missing?: string;
}

/** What it writes to stdout. Throws UserError with the end of what it complained of. */
export async function run(program: string, call: Call): Promise<string> {
  const { args, input = '', timeoutMs, shownLines = 8 } = call;
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...call.env } });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  // It may end before it has read everything, and says why itself.
  child.stdin.on('error', () => undefined).end(input);
  const kill = () => {
    complaint += `no end within ${String((timeoutMs ?? 0) / 1000)} s`;
    child.kill('SIGKILL');
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  const code = await exitOf(child, call.missing ?? missingText(program)).finally(() => {
    clearTimeout(timer);
  });
  if (code === 0) return output;
  const end = complaint.trim().split('\n').slice(-shownLines).join('\n');
  throw new UserError(`${program} ${args.join(' ')}: ${end}`);
}

/** On this terminal; returns the exit code. */
export function runHere(program: string, args: readonly string[], missing: string) {
  return exitOf(spawn(program, args, { cwd: root, stdio: 'inherit' }), missing);
}

const missingText = (program: string) => `this needs ${program}, and there is none here`;

function exitOf(child: ChildProcess, missing: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new UserError(missing)));
    child.once('close', (status) => resolve(status ?? 1));
  });
}
