/** How long customers wait until their order is decided; the objective of docs/observability.md is measured by it. */
import type { CancelReason } from '@waymark/contracts/orders.ts';
import { createHistogram } from '@waymark/telemetry/histogram.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { Order, OrderState } from './order.ts';

type Outcome = 'confirmed' | Exclude<CancelReason, 'capture-failed'>;

export interface DecisionMetrics {
  decided(order: Order, next: OrderState, now: Date): void;
}

/** With the objective of 2 s, and the deadline of two minutes. */
const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

const outcomes: Outcome[] = [
  'confirmed',
  'out-of-stock',
  'payment-declined',
  'deadline-passed',
  'customer-request',
];

export function measureDecisions(metrics: Metrics): DecisionMetrics {
  const duration = createHistogram(metrics, {
    name: 'order_decision_duration_seconds',
    help: 'From placing an order to its decision: confirmed, or the reason why it was cancelled',
    labelNames: ['outcome'],
    buckets: BUCKETS_SECONDS,
  });
  for (const outcome of outcomes) duration.zero({ outcome });
  return {
    // Counted before its transaction commits: one that is undone is decided again, and counts twice.
    decided(order, next, now) {
      const outcome = next.state === 'cancelled' ? next.reason : next.state;
      // An order that is confirmed was decided before, and a capture that fails is news of the card.
      if (!outcomes.some((known) => known === outcome)) return;
      duration.observe({ outcome }, (now.getTime() - order.placedAt.getTime()) / 1000);
    },
  };
}
