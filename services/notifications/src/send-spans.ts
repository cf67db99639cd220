/**
 * The last spans of an order's trace: each step that is sent to a customer. The stream itself belongs to the
 * request that opened it, which is another trace, and may carry steps of the order long after it was placed.
 */
import { runInContext } from '@waymark/telemetry/context.ts';
import { startSpan } from '@waymark/telemetry/span.ts';
import type { Update } from './step.ts';

/** Sends as `write` does; without an SDK, and for steps that carry no trace, that is all. */
export async function sendInSpans(updates: Update[], write: () => Promise<void>): Promise<void> {
  const spans = updates.map(startSending);
  try {
    await write();
  } catch (error) {
    for (const span of spans) span?.end(error);
    throw error;
  }
  for (const span of spans) span?.end();
}

function startSending({ step, traceparent }: Update) {
  if (traceparent === undefined) return undefined;
  return runInContext({ traceparent }, () => startSpan(`send ${step.step}`, { kind: 'producer' }));
}
