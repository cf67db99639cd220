/** Runs two sides in turns, so that a machine that slows down slows both, and gives their ratio with its spread. */
import { percentile, type Load } from './load.ts';

export interface Comparison {
  what: string;
  ours: { perSecond: number; p50Ms: number; p99Ms: number; failures: number };
  limit: { perSecond: number; p50Ms: number; p99Ms: number; failures: number };
  /** Ours over the limit, round by round. */
  ratio: { min: number; median: number; max: number };
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
  const ratios = ours
    .map(({ perSecond }, round) => perSecond / (limit[round]?.perSecond ?? NaN))
    .sort((a, b) => a - b);
  const comparison = {
    what,
    ours: summary(ours),
    limit: summary(limit),
    ratio: {
      min: ratios[0] ?? NaN,
      median: ratios[Math.floor(ratios.length / 2)] ?? NaN,
      max: ratios.at(-1) ?? NaN,
    },
  };
  const { min, median, max } = comparison.ratio;
  const perSecond = (side: { perSecond: number }) => `${side.perSecond.toFixed(0)}/s`;
  print(
    `${what}: ${perSecond(comparison.ours)} of ${perSecond(comparison.limit)}, ` +
      `ratio ${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`,
  );
  return comparison;
}

function summary(loads: Load[]) {
  const median = (numbers: number[]) =>
    numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
  return {
    perSecond: median(loads.map(({ perSecond }) => perSecond)),
    p50Ms: median(loads.map(({ timesMs }) => percentile(timesMs, 0.5))),
    p99Ms: median(loads.map(({ timesMs }) => percentile(timesMs, 0.99))),
    failures: loads.reduce((total, { failures }) => total + failures, 0),
  };
}
