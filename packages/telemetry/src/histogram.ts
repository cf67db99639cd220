/**
 * Histograms whose buckets point to a trace that fell into them, so that from a slow percentile it is one click
 * to a slow request. Exemplars cost nothing in a process without an SDK, and only OpenMetrics shows them.
 */
import { trace, TraceFlags } from '@opentelemetry/api';
import { Histogram } from 'prom-client';
import type { Metrics } from './metrics.ts';

export interface HistogramOptions {
  name: string;
  help: string;
  labelNames: string[];
  buckets: number[];
}

export interface DurationHistogram {
  observe(labels: Record<string, string>, seconds: number): void;
  /** Shows the series before its first observation, which a rate could not see otherwise. */
  zero(labels: Record<string, string>): void;
}

export function createHistogram(metrics: Metrics, options: HistogramOptions): DurationHistogram {
  const histogram = new Histogram({ ...options, enableExemplars: true, registers: [] });
  // Registered by hand: prom-client refuses to make one with exemplars in a registry whose format has none,
  // although it leaves them out there.
  metrics.registerMetric(histogram);
  return {
    observe(labels, value) {
      histogram.observe({ labels, value, ...activeExemplar() });
    },
    zero(labels) {
      histogram.zero(labels);
    },
  };
}

/** Of the active span, where it is kept: a link to a trace that was not sampled leads nowhere. */
function activeExemplar(): { exemplarLabels?: { trace_id: string; span_id: string } } {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || (active.traceFlags & TraceFlags.SAMPLED) === 0) return {};
  return { exemplarLabels: { trace_id: active.traceId, span_id: active.spanId } };
}
