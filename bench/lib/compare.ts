/** Runs two sides in turns, so that a machine that slows down slows both, and gives their ratio with its spread. */
import { percentile, type Load } from './load.ts';

export interface Comparison {
  what: string;
  ours: { perSecond: number; p50Ms: number; p99Ms: number; failures: number };
  limit: { perSecond: number; p50Ms: number; p99Ms: number; failures: number };
  /** Ours over the limit, round by round. */
  ratio: Spread;
}

export interface Spread {
  min: number;
  median: number;
  max: number;
}

export async function compare(
  sides: { ours: () => Promise<Load>; limit: () => Promise<Load> },
  { what, rounds, print }: { what: string; rounds: number; print: (line: string) => void },
): Promise<Comparison> {
  const ours: Load[] = [];
  const limit: Load[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await sides.ours());
    limit.push(await sides.limit());
  }
  const comparison = {
    what,
    ours: summary(ours),
    limit: summary(limit),
    ratio: spreadOf(
      ours.map(({ perSecond }, round) => perSecond / (limit[round]?.perSecond ?? NaN)),
    ),
  };
  const perSecond = (side: { perSecond: number }) => `${side.perSecond.toFixed(0)}/s`;
  print(
    `${what}: ${perSecond(comparison.ours)} of ${perSecond(comparison.limit)}, ` +
      `ratio ${showSpread(comparison.ratio)}`,
  );
  return comparison;
}

/** A load that also notes, each time, what CPU time an answer took of the processes that `usedMs` reads. */
export function noteCpu(load: () => Promise<Load>, usedMs: () => number | Promise<number>) {
  const perAnswerMs: number[] = [];
  return {
    perAnswerMs,
    async load(): Promise<Load> {
      const before = await usedMs();
      const done = await load();
      perAnswerMs.push(((await usedMs()) - before) / done.timesMs.length);
      return done;
    },
  };
}

/** CPU time is ours over the limit's too, so here more is worse. A busy machine disturbs it less than throughput. */
export function compareCpu(
  { ours, limit }: { ours: number[]; limit: number[] },
  print: (line: string) => void,
) {
  const ratio = spreadOf(ours.map((ms, round) => ms / (limit[round] ?? NaN)));
  const cpu = { oursMs: spreadOf(ours), limitMs: spreadOf(limit), ratio };
  const medians = [cpu.oursMs, cpu.limitMs].map(({ median }) => median.toFixed(3));
  print(`  CPU of each: ${medians.join(' of ')} ms, ratio ${showSpread(ratio)}`);
  return cpu;
}

function spreadOf(numbers: number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return { min: sorted[0] ?? NaN, median, max: sorted.at(-1) ?? NaN };
}

function showSpread({ min, median, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

function summary(loads: Load[]) {
  const median = (numbers: number[]) => spreadOf(numbers).median;
  return {
    perSecond: median(loads.map(({ perSecond }) => perSecond)),
    p50Ms: median(loads.map(({ timesMs }) => percentile(timesMs, 0.5))),
    p99Ms: median(loads.map(({ timesMs }) => percentile(timesMs, 0.99))),
    failures: loads.reduce((total, { failures }) => total + failures, 0),
  };
}
