/**
 * A child process that is kept alive: started again with growing pauses when it dies, its output handed on
 * line by line, and stopped by SIGTERM, then SIGKILL. It gets a process group of its own, so that Ctrl-C at
 * the terminal reaches only the supervisor, which stops its children in order.
 */
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProcessSpec {
  name: string;
  file: string;
  env: Record<string, string>;
  /** Flags of Node. */
  flags?: string[];
  onLine: (line: string) => void;
  /** Called when the process ended without being told to. */
  onDeath: (how: string, restartInMs: number) => void;
}

export interface ManagedProcess {
  name: string;
  start(): void;
  pid(): number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

const STOP_MS = 10_000;
/** A process that lived this long counts as healthy, and its next death as the first. */
const HEALTHY_MS = 3_000;

export function manageProcess(spec: ProcessSpec): ManagedProcess {
  let child: ChildProcess | undefined;
  let stopping = false;
  let deaths = 0;
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    const startedAt = performance.now();
    const started = spawn(process.execPath, [...(spec.flags ?? []), spec.file], {
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', spec.onLine);
    }
    started.on('error', (error) => {
      spec.onLine(error.message);
    });
    // Not `exit`, which can come before the last lines of output, and does not come where the start failed.
    started.on('close', (code, signal) => {
      child = undefined;
      if (stopping) return;
      deaths = performance.now() - startedAt > HEALTHY_MS ? 1 : deaths + 1;
      const pauseMs = Math.round(backoffMs(deaths, { firstMs: 200, maxMs: 5_000 }));
      spec.onDeath(signal ?? `exit code ${String(code)}`, pauseMs);
      restart = setTimeout(start, pauseMs);
    });
  }

  return {
    name: spec.name,
    start,
    pid: () => child?.pid,
    kill(signal) {
      child?.kill(signal);
    },
    async stop() {
      stopping = true;
      clearTimeout(restart);
      const ending = child;
      if (ending === undefined) return;
      await new Promise<void>((resolve) => {
        const cutOff = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
        ending.once('close', () => {
          clearTimeout(cutOff);
          resolve();
        });
        ending.kill('SIGTERM');
      });
    },
  };
}
