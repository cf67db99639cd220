/**
 * Spans around what no instrumentation of a library sees: an event handled, an event published, a call under a
 * lease. They need only OpenTelemetry's API, which does nothing in a process without its SDK.
 */
import { SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { traceparentOf } from './context.ts';

export interface SpanOptions {
  /** What the other side of it is: https://opentelemetry.io/docs/concepts/signals/traces/#span-kind */
  kind: 'internal' | 'producer' | 'consumer';
  attributes?: Attributes;
}

export interface StartedSpan {
  traceparent: string;
  /** With the error where it failed. */
  end(error?: unknown): void;
}

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
const FLUSH_MS = 1000;

/** The span ends when `work` has ended, as failed where it rejects. */
export function inSpan<T>(
  name: string,
  { kind, attributes = {} }: SpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  const options = { kind: kinds[kind], attributes };
  return trace.getTracer('waymark').startActiveSpan(name, options, async (span) => {
    try {
      return await work();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span of the current context that is not entered; undefined where nothing would record it. */
export function startSpan(
  name: string,
  { kind, attributes = {} }: SpanOptions,
): StartedSpan | undefined {
  const span = trace.getTracer('waymark').startSpan(name, { kind: kinds[kind], attributes });
  if (!span.isRecording()) return undefined;
  return {
    traceparent: traceparentOf(span.spanContext()),
    end(error) {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

function fail(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception);
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}

/** Names the active span after the route, which the instrumentation of HTTP cannot know when it starts it. */
export function nameRequestSpan(method: string, route: string): void {
  const span = trace.getActiveSpan();
  span?.updateName(`${method} ${route}`);
  span?.setAttribute('http.route', route);
}

/** Sends the spans that are still in memory, for a process that is about to leave; gives up after a second. */
export async function flushSpans(): Promise<void> {
  // The API hands out a proxy, which has the SDK's provider behind it where there is one.
  const proxy = trace.getTracerProvider() as {
    getDelegate?(): { forceFlush?(): Promise<void> };
  };
  const flushed = proxy.getDelegate?.().forceFlush?.();
  if (flushed === undefined) return;
  await Promise.race([flushed.catch(() => undefined), sleep(FLUSH_MS, undefined, { ref: false })]);
}
