/**
 * A background loop: `runOnce` does a bounded piece of work and says whether there may be more at once.
 * Between pieces the loop sleeps until it is woken or its interval has passed, so a missed wake-up costs
 * latency, never work. An error is logged and retried after a growing pause; it never ends the loop.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import { backoffMs } from './backoff.ts';

export interface Loop {
  wake(): void;
  start(): void;
  /** Resolves when the piece of work under way is done. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  name: string;
  /** True: run again at once. */
  runOnce(signal: AbortSignal): Promise<boolean>;
  intervalMs: number;
  log: Log;
}

export function createLoop(options: LoopOptions): Loop {
  const stopping = new AbortController();
  let woken = false;
  let pausing = false;
  let endSleep: () => void = () => undefined;
  let running: Promise<void> = Promise.resolve();

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        const more = await options.runOnce(stopping.signal);
        if (failures > 0) options.log.info({ loop: options.name }, 'loop works again');
        failures = 0;
        if (more || isWoken()) continue;
        if (!isStopping()) await sleep(options.intervalMs);
      } catch (error) {
        failures += 1;
        // Of an outage one line is news; the tries that follow are not.
        options.log[failures === 1 ? 'warn' : 'debug'](
          { err: error, loop: options.name, failures },
          'loop failed, will try again',
        );
        pausing = true;
        if (!isStopping()) await sleep(backoffMs(failures, { firstMs: 100, maxMs: 5000 }));
        pausing = false;
      }
    }
  }

  // Both are changed from outside while `run` awaits, which the compiler's narrowing cannot see.
  const isWoken = () => woken;
  const isStopping = () => stopping.signal.aborted;

  return {
    wake() {
      woken = true;
      // What is down stays down, however much work comes in meanwhile.
      if (!pausing) endSleep();
    },
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      endSleep();
      await running;
    },
  };
}
