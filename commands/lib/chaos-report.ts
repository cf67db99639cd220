/** What a chaos run says at its end. */
import type { ChaosOutcome, Recovery } from './chaos-run.ts';
import type { Verdict } from './chaos-verdict.ts';

const SHOWN = 20;

export function report(
  { counts, bad, findings }: Verdict,
  { recoveries, quiet }: ChaosOutcome,
  print: (line: string) => void,
): void {
  for (const [name, count] of Object.entries({ ...counts, ...bad })) {
    print(`${name.padEnd(16)} ${String(count).padStart(6)}`);
  }
  const [killed = [], paused = []] = [true, false].map((kill) =>
    recoveries.filter(({ fault }) => (fault.pauseMs === undefined) === kill),
  );
  if (killed.length > 0) print(`recovery after a kill: ${timesOf(killed)}`);
  if (paused.length > 0) print(`recovery after a pause: ${timesOf(paused)}`);
  if (!quiet) print('it did not get quiet in time');
  for (const { subject, kind, what } of findings.slice(0, SHOWN))
    print(`  ${kind}: ${subject}: ${what}`);
}

function timesOf(recoveries: Recovery[]): string {
  const sorted = recoveries.map(({ ms }) => ms).sort((a, b) => a - b);
  const half = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const max = sorted.at(-1) ?? 0;
  return `p50 ${half.toFixed(0)} ms, max ${max.toFixed(0)} ms`;
}
