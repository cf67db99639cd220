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
  [{ name: 'always_on' }, [true, true, true]],
  [{ name: 'always_off' }, [false, false, false]],
  [{ name: 'parentbased_always_on' }, [true, true, false]],
  [{ name: 'parentbased_always_off' }, [false, true, false]],
  [{ name: 'traceidratio', ratio: '0' }, [false, false, false]],
  [{ name: 'parentbased_traceidratio', ratio: '0' }, [false, true, false]],
  [{ name: 'parentbased_traceidratio' }, [true, true, false]],
])(
  '%j samples for nobody, for a caller that samples, and for one that does not: %j',
  (setting, wanted) => {
    const sampler = createSampler(setting);
    const sampled = Object.values(callers).map(
      (caller) =>
        sampler.shouldSample(caller, 'a'.repeat(32), 'POST /v1/orders', SpanKind.SERVER, {}, [])
          .decision === SamplingDecision.RECORD_AND_SAMPLED,
    );
    expect(sampled).toEqual(wanted);
  },
);

test.each([
  { name: 'sometimes' },
  { name: 'parentbased_' },
  { name: 'traceidratio', ratio: '2' },
  { name: 'traceidratio', ratio: 'half' },
])('%j is refused at the start, with what it can be', (setting) => {
  expect(() => createSampler(setting)).toThrow(/^OTEL_TRACES_SAMPLER is .*: it can be always_on/);
});
