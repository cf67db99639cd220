/**
 * Loaded with `--import`, before the service, where spans are to be sent somewhere: starts OpenTelemetry's SDK.
 * It is set by OTEL_* variables alone (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
 * OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_TRACES_SAMPLER above all. Without this file no module of the SDK is loaded.
 */
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { startNodeSdk } from '@opentelemetry/sdk-node';
import { register } from 'node:module';

// Libraries are instrumented as they are loaded; this hook lets that be done to what ES modules import. Node
// has a newer way, which this version of the instrumentation has no hook for yet.
// eslint-disable-next-line @typescript-eslint/no-deprecated
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const PROBES = new Set(['/livez', '/readyz', '/metrics']);

startNodeSdk({
  // Metrics are for Prometheus to fetch, and logs go to stdout.
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ url = '' }) => PROBES.has(url),
      // Our calls go out through undici.
      disableOutgoingRequestInstrumentation: true,
    }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
    // Polls and heartbeats belong to no order, and would be the most of all spans.
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
  ],
});
