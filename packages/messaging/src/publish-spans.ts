/**
 * A batch joins the events of many orders, and each order is one trace: so each record that is published has a
 * span of its own, in the trace of whoever put it in the outbox, and goes on its way as the parent of whatever
 * its readers do.
 */
import { runInContext } from '@waymark/telemetry/context.ts';
import { startSpan } from '@waymark/telemetry/span.ts';
import type { EventLog, LogRecord } from './event-log.ts';

/** Publishes as the log does; without an SDK the records go as they are. */
export async function publishInSpans(eventLog: EventLog, records: LogRecord[]): Promise<void> {
  const traced = records.map(startPublishing);
  try {
    await eventLog.publish(traced.map(({ record }) => record));
  } catch (error) {
    for (const { span } of traced) span?.end(error);
    throw error;
  }
  for (const { span } of traced) span?.end();
}

function startPublishing(record: LogRecord) {
  const { topic, headers } = record;
  const attributes = { 'messaging.destination.name': topic, 'messaging.message.id': headers.ce_id };
  const span =
    headers.traceparent === undefined
      ? undefined
      : runInContext({ traceparent: headers.traceparent }, () =>
          startSpan(`publish ${topic}`, { kind: 'producer', attributes }),
        );
  if (span === undefined) return { record, span };
  return { record: { ...record, headers: { ...headers, traceparent: span.traceparent } }, span };
}
