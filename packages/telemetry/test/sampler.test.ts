import { expect, test } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { createSampler } from '../src/sampler.ts';

const callers = {
  nobody: ROOT_CONTEXT,
  'one that samples': calledBy(TraceFlags.SAMPLED),
  'one that does not': calledBy(TraceFlags.NONE),
};

function calledBy(traceFlags: TraceFlags): Context {
  const spanContext = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    isRemote: true,
    traceFlags,
  };
  return trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

test.each([
  [{}, [true, true, false]],
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, [true, true, true]],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, [false, false, false]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, [true, true, false]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [false, true, false]],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, [false, false, false]],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
    [false, true, false],
  ],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }, [true, true, false]],
])(
  '%j samples for nobody, for a caller that samples, and for one that does not: %j',
  (env, wanted) => {
    const sampler = createSampler(env);
    const sampled = Object.values(callers).map(
      (caller) =>
        sampler.shouldSample(caller, 'a'.repeat(32), 'POST /v1/orders', SpanKind.SERVER, {}, [])
          .decision === SamplingDecision.RECORD_AND_SAMPLED,
    );
    expect(sampled).toEqual(wanted);
  },
);

test.each([
  { OTEL_TRACES_SAMPLER: 'sometimes' },
  { OTEL_TRACES_SAMPLER: 'parentbased_' },
  { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
  { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' },
])('%j is refused at the start, with what it can be', (env) => {
  expect(() => createSampler(env)).toThrow(/^OTEL_TRACES_SAMPLER is .*: it can be always_on/);
});
