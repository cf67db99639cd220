/**
 * kubectl's command line, for the commands that have to do with a cluster. It is whichever cluster KUBECONFIG names, and
 * everything of ours is in one namespace. No call waits without an end.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { root } from '../docker.ts';

export const NAMESPACE = 'waymark';

const SHOWN_LINES = 8;
const CALL_MS = 60_000;
const NO_KUBECTL =
  'this needs kubectl, and there is none here: https://kubernetes.io/docs/tasks/tools/';

export interface CallOptions {
  /** What is written to its standard input. */
  input?: string;
  timeoutMs?: number;
}

/** Its output. Throws UserError with the end of what kubectl complained of. */
export async function kubectl(args: string[], options: CallOptions = {}): Promise<string> {
  const child = start(args);
  const { output, complaint, code } = await endOf(child, options);
  if (code === 0) return output;
  const end = complaint.trim().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new UserError(`kubectl ${args.join(' ')}: ${end}`);
}

/** Throws UserError where no cluster answers. */
export async function checkCluster(): Promise<void> {
  try {
    await kubectl(['get', '--raw', '/readyz', '--request-timeout=5s'], { timeoutMs: 10_000 });
  } catch (error) {
    if (error instanceof UserError && error.message === NO_KUBECTL) throw error;
    const which = process.env.KUBECONFIG ?? 'the default of kubectl';
    throw new UserError(
      `no cluster answers at KUBECONFIG (${which}); docs/kubernetes.md says how to get one`,
    );
  }
}

/** A command of ours, run in the cluster beside the services: its output. */
export function inside(words: string[], options: CallOptions = {}): Promise<string> {
  return kubectl(['exec', '--stdin', 'deploy/tools', '--', 'node', ...words], options);
}

/** The same on this terminal; returns the exit code. */
export async function insideHere(words: string[]): Promise<number> {
  const child = start(['exec', 'deploy/tools', '--', 'node', ...words], 'inherit');
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new UserError(NO_KUBECTL)));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Left running: whoever starts it ends it. */
export function start(args: string[], stdio: 'pipe' | 'inherit' = 'pipe'): ChildProcess {
  return spawn('kubectl', ['--namespace', NAMESPACE, ...args], { cwd: root, stdio });
}

async function endOf(child: ChildProcess, { input = '', timeoutMs = CALL_MS }: CallOptions) {
  let output = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  // It may end before it has read everything, and says why itself.
  child.stdin?.on('error', () => undefined).end(input);
  const timer = setTimeout(() => {
    complaint += `no end within ${String(timeoutMs / 1000)} s`;
    child.kill('SIGKILL');
  }, timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', () => reject(new UserError(NO_KUBECTL)));
    child.once('close', (status) => resolve(status ?? 1));
  });
  clearTimeout(timer);
  return { code, output, complaint };
}
