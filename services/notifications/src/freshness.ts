/**
 * How old a step is when it can be read, and when it is sent; the objective of docs/observability.md is measured by
 * both. The first counts every step, whether or not anybody looks, also those that come late after an outage; the
 * second counts what stands between the feed and a client.
 */
import { runInContext } from '@waymark/telemetry/context.ts';
import { createHistogram } from '@waymark/telemetry/histogram.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { Step, Update } from './step.ts';

export interface Freshness {
  /** The step is on its feed. */
  appended(step: Step): void;
  /** For a client who follows from now on; to be called with what was sent. */
  follower(): (updates: Update[]) => void;
}

/** With the objective of 1 s. */
const BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const stages = ['feed', 'client'] as const;

export function measureFreshness(metrics: Metrics, clock: () => Date): Freshness {
  const delay = createHistogram(metrics, {
    name: 'live_update_delay_seconds',
    help: 'From an event to its step on the feed, and to the step at a client who follows',
    labelNames: ['stage'],
    buckets: BUCKETS_SECONDS,
  });
  for (const stage of stages) delay.zero({ stage });

  function observe(stage: (typeof stages)[number], at: number): void {
    // The clocks of two machines may differ by a little.
    delay.observe({ stage }, Math.max(0, clock().getTime() - at) / 1000);
  }

  return {
    appended(step) {
      observe('feed', Date.parse(step.at));
    },
    follower() {
      const since = clock().getTime();
      return (updates) => {
        // What had happened before the client came was not live to it.
        const live = updates.filter(({ step }) => Date.parse(step.at) >= since);
        for (const { step, traceparent } of live) {
          // In the trace of the order, which is not that of the stream.
          runInContext({ traceparent }, () => observe('client', Date.parse(step.at)));
        }
      };
    },
  };
}
