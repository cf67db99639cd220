/**
 * Loaded with `--import`, before the service, where spans are to be sent somewhere: starts OpenTelemetry's SDK.
 * It is set by OTEL_* variables alone (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
 * OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_TRACES_SAMPLER above all. Without this file no module of the SDK is loaded.
 */
import { trace } from '@opentelemetry/api';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { startNodeSdk } from '@opentelemetry/sdk-node';
import { ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { createRequire } from 'node:module';
import { createTraceLimit } from './trace-limit.ts';

/** An order is some 90 spans in all services together; ten a second keep the cost in the noise: docs/performance.md. */
const TRACES_PER_SECOND = 10;

const limit = createTraceLimit({
  perSecond: TRACES_PER_SECOND,
  now: () => performance.now(),
});

startNodeSdk({
  // Metrics are for Prometheus to fetch, and logs go to stdout.
  metricReaders: [],
  logRecordProcessors: [],
  // Whoever begins a trace decides for all services; one that is set decides in place of ours.
  ...(process.env.OTEL_TRACES_SAMPLER === undefined
    ? { sampler: new ParentBasedSampler({ root: limit }) }
    : {}),
  instrumentations: [
    // Both leave at once where there is no active span. Polls and heartbeats belong to no order, and would be
    // the most of all spans.
    new UndiciInstrumentation({
      ignoreRequestHook: () => trace.getActiveSpan() === undefined,
      // A query may name a person, or carry the code that is worth a token; traces keep neither.
      startSpanHook: ({ origin, path }) => ({
        'url.full': origin + (path.split('?', 1)[0] ?? ''),
        'url.query': undefined,
      }),
    }),
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
  ],
});

// A library is instrumented as it is required. An `import` of it later gets the same object, so no hook is needed in the
// loader of ES modules, whose thread would double the CPU of every start (docs/performance.md).
createRequire(import.meta.url)('pg');
