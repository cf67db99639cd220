/**
 * Loaded with `--import`, before the service, where spans are to be sent somewhere: starts OpenTelemetry's SDK, of which
 * no module is loaded without this file. It takes the SDK's parts one by one: the package for all of them loads gRPC and
 * more that nobody here uses, another 17 MB in each service.
 *
 * Set by OTEL_* variables: OTEL_EXPORTER_OTLP_* as the exporter reads them, OTEL_TRACES_SAMPLER (sampler.ts),
 * OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES and OTEL_BSP_SCHEDULE_DELAY
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 */
import {
  context,
  diag,
  DiagConsoleLogger,
  DiagLogLevel,
  propagation,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { getStringFromEnv, W3CTraceContextPropagator } from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  defaultResource,
  detectResources,
  hostDetector,
  resourceAttributesEnvDetector,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createRequire } from 'node:module';
import { createSampler } from './sampler.ts';

const { OTLPTraceExporter } = await importExporter(
  getStringFromEnv('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf',
);

// Spans that could not be sent are a line in the log, and nothing else.
diag.setLogger(new DiagConsoleLogger(), { logLevel: DiagLogLevel.INFO });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const detectors = [
  serviceInstanceIdDetector,
  hostDetector,
  resourceAttributesEnvDetector,
  serviceNameEnvDetector,
];
const spans = new BatchSpanProcessor({
  exporter: new OTLPTraceExporter(),
  scheduledDelayMillis: Number(getStringFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 5000),
});
trace.setGlobalTracerProvider(
  new TracerProvider({
    resource: defaultResource().merge(detectResources({ detectors })),
    sampler: createSampler({
      name: getStringFromEnv('OTEL_TRACES_SAMPLER'),
      ratio: getStringFromEnv('OTEL_TRACES_SAMPLER_ARG'),
    }),
    spanProcessors: [spans],
  }),
);
registerInstrumentations({
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

function importExporter(protocol: string) {
  if (protocol === 'http/protobuf') return import('@opentelemetry/exporter-trace-otlp-proto');
  if (protocol === 'http/json') return import('@opentelemetry/exporter-trace-otlp-http');
  throw new Error(
    `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: it can be http/protobuf or http/json`,
  );
}
