/**
 * The causal context of whatever is being done right now: the W3C trace it belongs to, the business process
 * it is part of (correlation) and the message that caused it (causation). It rides along asynchronous calls,
 * so that logs, outgoing requests and events carry it without a parameter in every function's signature.
 * With an OpenTelemetry SDK in the process (register.ts), the trace is that of its active span; without one,
 * the ids are passed on all the same, and logs can be followed by them.
 */
import { context, trace, type SpanContext } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

export interface CausalContext {
  /** W3C Trace Context, `00-<trace id>-<span id>-<flags>`: https://www.w3.org/TR/trace-context/ */
  readonly traceparent: string;
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
}

const storage = new AsyncLocalStorage<CausalContext>();
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Runs `work` inside the given context; a missing or malformed traceparent starts a new trace. */
export function runInContext<T>(
  given: { [Key in keyof CausalContext]?: CausalContext[Key] | undefined },
  work: () => T,
): T {
  const valid = given.traceparent !== undefined && TRACEPARENT.test(given.traceparent);
  const traceparent = valid ? given.traceparent : newTraceparent();
  const entered = trace.setSpanContext(context.active(), spanContextOf(traceparent));
  return storage.run({ ...given, traceparent }, () => context.with(entered, work));
}

export function currentContext(): CausalContext | undefined {
  const stored = storage.getStore();
  const traceparent = activeTraceparent();
  return stored === undefined || traceparent === undefined ? stored : { ...stored, traceparent };
}

/** The trace id of the current context, for logs. */
export function currentTraceId(): string | undefined {
  return (activeTraceparent() ?? storage.getStore()?.traceparent)?.slice(3, 35);
}

/** Of the active span; undefined where there is none, as in every process without an SDK. */
export function activeTraceparent(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active === undefined ? undefined : traceparentOf(active);
}

/**
 * The headers that carry the context to the service that is called. None in a span, where the SDK's
 * instrumentation of undici adds its own, with the id of the span of the call; two would be none.
 */
export function outgoingHeaders(): { traceparent?: string } {
  const stored = storage.getStore();
  if (stored === undefined || trace.getActiveSpan() !== undefined) return {};
  return { traceparent: stored.traceparent };
}

export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** `traceparent` must be well formed. */
function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
