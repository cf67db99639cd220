/**
 * Asks Prometheus how fast the error budgets are being spent (infra/prometheus/rules/slo.yml), for whoever must
 * decide by it: the check after a deployment, and the promotion. Three answers, not two: a shop that nobody uses
 * burns no budget either, and that is no proof of anything.
 */
import { UserError } from '../../../infra/embedded/user-error.ts';

export interface Burn {
  slo: string;
  /** How many times faster than allowed; undefined where nothing happened that could have gone wrong. */
  rate: number | undefined;
}

export type Verdict = 'calm' | 'burning' | 'unknown';

/** The rate of the alert SloBurnsFast: the budget of 30 days would be gone in two. */
export const FAST = 14.4;

const REQUEST_MS = 10_000;
const WINDOW = /^[1-9]\d*[smhd]$/;

/** One for each objective that there is. Throws UserError where Prometheus gives no answer. */
export async function readBurns(prometheus: string, window: string): Promise<Burn[]> {
  if (!WINDOW.test(window)) throw new UserError(`--window takes a time such as 10m, not ${window}`);
  const sum = (series: string) => `sum_over_time(slo:${series}:rate5m[${window}])`;
  const [budgets, rates] = await Promise.all([
    query(prometheus, 'slo:error_budget:ratio'),
    query(prometheus, `${sum('errors')} / ${sum('events')} / slo:error_budget:ratio`),
  ]);
  return [...budgets.keys()].sort().map((slo) => ({ slo, rate: rates.get(slo) }));
}

/** `limit` is the burn rate that is too much. What burns outweighs what is not known. */
export function judge(burns: readonly Burn[], limit: number): Verdict {
  if (burns.some(({ rate }) => rate !== undefined && rate > limit)) return 'burning';
  const known = burns.length > 0 && burns.every(({ rate }) => rate !== undefined);
  return known ? 'calm' : 'unknown';
}

interface Answer {
  error?: string;
  data?: { result: { metric: { slo?: string }; value: [number, string] }[] };
}

/** The numbers by objective; NaN, which is 0 of 0 events, is none. */
async function query(prometheus: string, expr: string): Promise<Map<string, number>> {
  const url = new URL('/api/v1/query', prometheus);
  url.searchParams.set('query', expr);
  const answer = await ask(url);
  if (answer.data === undefined) {
    throw new UserError(`Prometheus at ${prometheus} says: ${answer.error ?? 'nothing'}`);
  }
  const numbers = answer.data.result.map(
    ({ metric, value: [, value] }) => [metric.slo ?? '', Number(value)] as const,
  );
  return new Map(numbers.filter(([, number]) => !Number.isNaN(number)));
}

async function ask(url: URL): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) });
    return (await response.json()) as Answer;
  } catch {
    throw new UserError(`no answer from Prometheus at ${url.origin}`);
  }
}
