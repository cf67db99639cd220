import { expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createLoop } from '../src/loop.ts';

/** Longer than any test: what runs again before that was woken. */
const NEVER_MS = 60_000;

function setup(options: {
  runOnce: (run: number, signal: AbortSignal) => Promise<boolean>;
  intervalMs?: number;
}) {
  const runs: number[] = [];
  const loop = createLoop({
    name: 'test',
    intervalMs: options.intervalMs ?? NEVER_MS,
    log: silentLog,
    runOnce(signal) {
      runs.push(performance.now());
      return options.runOnce(runs.length, signal);
    },
  });
  loop.start();
  return { ...loop, runs, [Symbol.asyncDispose]: loop.stop };
}

test('a loop runs at once, and again while there is more', async () => {
  await using loop = setup({ runOnce: async (run) => run < 4 });
  await eventually(() => loop.runs.length === 4);
});

test('a loop that sleeps runs when it is woken, and when its interval has passed', async () => {
  await using woken = setup({ runOnce: async () => false });
  await eventually(() => woken.runs.length === 1);
  woken.wake();
  await eventually(() => woken.runs.length === 2);
  await using timed = setup({ runOnce: async () => false, intervalMs: 20 });
  await eventually(() => timed.runs.length >= 3);
});

test('wake-ups during a run cost one more run', async () => {
  const gate = Promise.withResolvers<boolean>();
  await using loop = setup({
    runOnce: (run) => (run === 1 ? gate.promise : Promise.resolve(false)),
  });
  await eventually(() => loop.runs.length === 1);
  for (let wakeUps = 0; wakeUps < 5; wakeUps += 1) loop.wake();
  gate.resolve(false);
  await eventually(() => loop.runs.length === 2);
  loop.wake();
  await eventually(() => loop.runs.length === 3);
});

test('an error does not end the loop: it is tried again after growing pauses, which no wake-up cuts short', async () => {
  await using loop = setup({
    async runOnce(run) {
      if (run <= 3) throw new Error('not now');
      return false;
    },
  });
  await eventually(() => {
    loop.wake();
    return loop.runs.length >= 4;
  });
  const pauses = loop.runs.slice(1, 4).map((at, index) => at - (loop.runs[index] ?? 0));
  // Half of 100, 200 and 400 ms, less a timer's rounding.
  for (const [index, least] of [50, 100, 200].entries())
    expect(pauses[index]).toBeGreaterThan(least - 2);
});

test('stopping tells the run under way, waits for it, and lets no other begin', async () => {
  const gate = Promise.withResolvers<void>();
  let told: AbortSignal | undefined;
  await using loop = setup({
    async runOnce(_run, signal) {
      told = signal;
      await gate.promise;
      return true;
    },
  });
  await eventually(() => loop.runs.length === 1);
  let stopped = false;
  const stopping = loop.stop().then(() => (stopped = true));
  expect(told?.aborted).toBe(true);
  await Promise.resolve();
  expect(stopped).toBe(false);
  gate.resolve();
  await stopping;
  expect(loop.runs).toHaveLength(1);
});

test('stopping ends a sleep and a pause after an error at once', async () => {
  const sleeping = setup({ runOnce: async () => false });
  await eventually(() => sleeping.runs.length === 1);
  await sleeping.stop();
  const failing = setup({ runOnce: () => Promise.reject(new Error('not now')) });
  await eventually(() => failing.runs.length >= 2);
  await failing.stop();
  const before = failing.runs.length;
  failing.wake();
  expect(failing.runs).toHaveLength(before);
});
