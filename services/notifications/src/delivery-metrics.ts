/**
 * What becomes of webhooks. No label says whose: partners choose their addresses and how many they register, and
 * each new value would be a series that is kept for ever. Which partner it is stands in its list of deliveries.
 */
import { createHistogram } from '@waymark/telemetry/histogram.ts';
import { readAtScrape, type Metrics } from '@waymark/telemetry/metrics.ts';
import { Counter } from 'prom-client';
import type { NotificationsStore } from './store.ts';

/** `retried`: the attempt failed and another follows; `failed`: given up. */
export type Outcome = 'delivered' | 'retried' | 'failed';

export interface DeliveryMetrics {
  attempted(outcome: Outcome, seconds: number): void;
  /** Given up without an attempt of their own. */
  abandoned(count: number): void;
}

/** Up to the time-out of an attempt. */
const BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5];

export function measureDeliveries(metrics: Metrics, store: NotificationsStore): DeliveryMetrics {
  const outcomes = new Counter({
    name: 'webhook_deliveries_total',
    help: 'Deliveries by what came of an attempt: delivered, retried or failed for good',
    labelNames: ['outcome'],
    registers: [metrics],
  });
  const duration = createHistogram(metrics, {
    name: 'webhook_attempt_duration_seconds',
    help: 'How long a partner took to answer, or we to give up waiting',
    labelNames: ['outcome'],
    buckets: BUCKETS_SECONDS,
  });
  readAtScrape(metrics, {
    name: 'webhook_deliveries_waiting',
    help: 'Deliveries that have not ended, counted up to 10000',
    read: async () => [{ value: await store.countWaiting() }],
  });
  for (const outcome of ['delivered', 'retried', 'failed']) outcomes.inc({ outcome }, 0);
  return {
    attempted(outcome, seconds) {
      outcomes.inc({ outcome });
      duration.observe({ outcome }, seconds);
    },
    abandoned(count) {
      outcomes.inc({ outcome: 'failed' }, count);
    },
  };
}
