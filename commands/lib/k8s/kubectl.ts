/**
 * kubectl's command line, for the commands that have to do with a cluster. It is whichever cluster KUBECONFIG names, and
 * everything of ours is in one namespace. No call waits without an end.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { root, run, runHere } from '../program.ts';

export const NAMESPACE = 'waymark';

const CALL_MS = 60_000;
const NO_KUBECTL =
  'this needs kubectl, and there is none here: https://kubernetes.io/docs/tasks/tools/';

export interface CallOptions {
  /** What is written to its standard input. */
  input?: string;
  timeoutMs?: number;
}

/** Its output. Throws UserError with the end of what kubectl complained of. */
export function kubectl(args: string[], options: CallOptions = {}): Promise<string> {
  const { input, timeoutMs = CALL_MS } = options;
  return run('kubectl', { args: inNamespace(args), input, timeoutMs, missing: NO_KUBECTL });
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
export function insideHere(words: string[]): Promise<number> {
  const args = inNamespace(['exec', 'deploy/tools', '--', 'node', ...words]);
  return runHere('kubectl', args, NO_KUBECTL);
}

/** Left running: whoever starts it ends it. */
export function start(args: string[]): ChildProcess {
  return spawn('kubectl', inNamespace(args), { cwd: root });
}

const inNamespace = (args: string[]) => ['--namespace', NAMESPACE, ...args];
