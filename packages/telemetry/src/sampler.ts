/** Which traces are kept. Whoever begins a trace decides for all services. */
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { createTraceLimit } from './trace-limit.ts';

/** An order is some 90 spans in all services together; ten a second keep the cost in the noise: docs/performance.md. */
const TRACES_PER_SECOND = 10;

/**
 * As OTEL_TRACES_SAMPLER says, and OTEL_TRACES_SAMPLER_ARG where it takes a ratio, by the names of
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration; where it is not
 * set, the first of each second. Throws where it says something else.
 */
export function createSampler({ name, ratio = '1' }: Setting): Sampler {
  if (name === undefined) {
    const now = () => performance.now();
    return new ParentBasedSampler({
      root: createTraceLimit({ perSecond: TRACES_PER_SECOND, now }),
    });
  }
  const [, parentBased, root] = /^(parentbased_)?(.*)$/.exec(name) ?? [];
  const sampler = createRoot(root, Number(ratio));
  if (sampler === undefined)
    throw new Error(
      `OTEL_TRACES_SAMPLER is ${name} with OTEL_TRACES_SAMPLER_ARG ${ratio}: it can be always_on, always_off, or traceidratio with 0 to 1, and parentbased_ with one of them`,
    );
  return parentBased === undefined ? sampler : new ParentBasedSampler({ root: sampler });
}

interface Setting {
  name?: string | undefined;
  ratio?: string | undefined;
}

function createRoot(name: string | undefined, ratio: number): Sampler | undefined {
  if (name === 'always_on') return new AlwaysOnSampler();
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name === 'traceidratio' && ratio >= 0 && ratio <= 1)
    return new TraceIdRatioBasedSampler(ratio);
  return undefined;
}
