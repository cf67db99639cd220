/** A scratch directory for a platform of a test's own, and the commands run as a person runs them. */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = new URL('../../', import.meta.url).pathname;

export interface Scratch {
  directory: string;
  port: number;
  /** Runs a command to its end. */
  run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }>;
  /** Starts a command; `output` grows while it runs. */
  start(command: string, ...args: string[]): Running;
  remove(): Promise<void>;
}

export interface Running {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
}

export async function createScratch(): Promise<Scratch> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-platform-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const env = {
    WAYMARK_DIRECTORY: path.join(folder, 'platform'),
    PORT: String(port),
  };

  return {
    directory: env.WAYMARK_DIRECTORY,
    port,
    start: (command, ...args) => startCommand(env, command, ...args),
    async run(command, ...args) {
      const running = startCommand(env, command, ...args);
      const code = await running.ended;
      return { code, output: running.output() };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As a person runs it, in an environment with `env` on top. */
export function startCommand(
  env: Record<string, string>,
  command: string,
  ...args: string[]
): Running {
  const child = spawn(process.execPath, [`commands/${command}.ts`, ...args], {
    cwd: root,
    // Jest's own flags are not for the commands.
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => output, ended };
}
