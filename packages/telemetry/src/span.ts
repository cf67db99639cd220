/**
 * Spans around what no instrumentation of a library sees: a request, an event handled, an event published, a call
 * under a lease. They need only OpenTelemetry's API, which does nothing in a process without its SDK. A request may
 * begin a trace; all else is in one that is sampled, or has no span.
 */
import {
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { remoteParent, traceparentOf } from './context.ts';

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

export interface IncomingRequest {
  method: string;
  /** The pattern; a span that is named after it shares its name with all of its kind. */
  route: string;
  path: string;
  /** As the caller sent it. */
  traceparent: string | undefined;
}

export interface RequestSpan {
  /** Of what the request is to be handled under. */
  traceparent: string | undefined;
  /** Undefined where nothing is recorded. */
  end?(status: number): void;
}

// #region own-request-spans
// Not by the instrumentation of node:http, which knows no route when it must name the span, and binds every
// listener of every request to its context whether or not the request is sampled: 10 µs, of the 25 that a
// small answer takes without it.
/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
export function startRequestSpan(request: IncomingRequest): RequestSpan {
  const { method, route, path, traceparent } = request;
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.path': path };
  const span = trace
    .getTracer('waymark')
    .startSpan(
      `${method} ${route}`,
      { kind: SpanKind.SERVER, attributes },
      remoteParent(traceparent),
    );
  const started = span.spanContext();
  // Without an SDK and without a caller's trace there is none yet.
  if (!isSpanContextValid(started)) return { traceparent };
  if (!span.isRecording()) return { traceparent: traceparentOf(started) };
  return {
    traceparent: traceparentOf(started),
    end(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
// #endregion

/** The span ends when `work` has ended, as failed where it rejects. */
export function inSpan<T>(
  name: string,
  { kind, attributes = {} }: SpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (trace.getActiveSpan() === undefined) return work();
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
  if (trace.getActiveSpan() === undefined) return undefined;
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
