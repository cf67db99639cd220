/**
 * Samples the first traces of a busy second and none beyond, so that in a quiet shop every order can be looked at,
 * and in a busy one tracing costs what it cost before. A fixed share would do neither: a tenth shows a newcomer
 * nothing of nine orders in ten, and at a thousand orders a second is still a hundred traces.
 */
import { SamplingDecision, type Sampler } from '@opentelemetry/sdk-trace';

export interface TraceLimitOptions {
  /** Traces begun by reads, and as many begun by whatever changes something: reads would crowd out orders. */
  perSecond: number;
  /** Milliseconds of a clock that only goes forward. */
  now: () => number;
}

export function createTraceLimit({ perSecond, now }: TraceLimitOptions): Sampler {
  const reads = createBudget(perSecond, now);
  const changes = createBudget(perSecond, now);
  return {
    shouldSample(...[, , , , attributes]: ShouldSample) {
      const take = attributes['http.request.method'] === 'GET' ? reads : changes;
      return {
        decision: take() ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
      };
    },
    toString: () => `TraceLimit{${String(perSecond)}/s}`,
  };
}

type ShouldSample = Parameters<Sampler['shouldSample']>;

/** A token bucket that holds what a second brings. */
function createBudget(perSecond: number, now: () => number): () => boolean {
  let left = perSecond;
  let at = now();
  return () => {
    const moment = now();
    left = Math.min(perSecond, left + ((moment - at) / 1000) * perSecond);
    at = moment;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
