/**
 * The causal context of whatever is being done right now: the W3C trace it belongs to, the business process
 * it is part of (correlation) and the message that caused it (causation). It rides along asynchronous calls,
 * so that logs, outgoing requests and events carry it without a parameter in every function's signature.
 */
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
  context: { [Key in keyof CausalContext]?: CausalContext[Key] | undefined },
  work: () => T,
): T {
  const { traceparent } = context;
  const valid = traceparent !== undefined && TRACEPARENT.test(traceparent);
  return storage.run({ ...context, traceparent: valid ? traceparent : newTraceparent() }, work);
}

export function currentContext(): CausalContext | undefined {
  return storage.getStore();
}

/** The trace id of the current context, for logs. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.traceparent.slice(3, 35);
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
