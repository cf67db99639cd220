import { expect, test } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { createTraceLimit } from '../src/trace-limit.ts';

function setup() {
  let nowMs = 0;
  const limit = createTraceLimit({ perSecond: 10, now: () => nowMs });
  return {
    pass(ms: number) {
      nowMs += ms;
    },
    /** How many of so many requests are sampled. */
    sampled(count: number, method: string): number {
      const decisions = Array.from({ length: count }, () =>
        limit.shouldSample(
          ROOT_CONTEXT,
          '0af7651916cd43dd8448eb211c80319c',
          `${method} /v1/orders`,
          SpanKind.SERVER,
          { 'http.request.method': method },
          [],
        ),
      );
      return decisions.filter(({ decision }) => decision === SamplingDecision.RECORD_AND_SAMPLED)
        .length;
    },
  };
}

test('in a quiet shop every trace is sampled, in a busy one ten a second', () => {
  const { pass, sampled } = setup();
  let quiet = 0;
  for (let order = 0; order < 50; order += 1) {
    quiet += sampled(1, 'POST');
    pass(100);
  }
  expect(quiet).toBe(50);
  let busy = 0;
  for (let second = 0; second < 5; second += 1) {
    busy += sampled(1000, 'POST');
    pass(1000);
  }
  expect(busy).toBe(50);
});

test('a quiet hour saves up no more than a second brings', () => {
  const { pass, sampled } = setup();
  pass(3_600_000);
  expect(sampled(1000, 'POST')).toBe(10);
});

test('reads do not crowd out orders', () => {
  const { sampled } = setup();
  expect(sampled(1000, 'GET')).toBe(10);
  expect(sampled(1, 'POST')).toBe(1);
});
