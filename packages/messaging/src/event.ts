/**
 * Events as CloudEvents 1.0 in binary mode: the attributes travel as headers, the data as JSON
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md).
 * Beside them go the W3C trace context and the ids of correlation and causation.
 */
import type { EventContract, EventData } from '@waymark/contracts/define-event.ts';
import { currentContext, runInContext } from '@waymark/telemetry/context.ts';
import { randomUUID } from 'node:crypto';
import type { LogRecord } from './event-log.ts';

export interface Event {
  id: string;
  type: string;
  source: string;
  /** The aggregate's id, which is also the key: events of one key stay in order. */
  subject: string;
  time: string;
  data: unknown;
  traceparent: string | undefined;
  correlationId: string | undefined;
  causationId: string | undefined;
}

/** What a service says: the contract fixes type and topic, the rest of the envelope is added when it is stored. */
export interface OutgoingEvent {
  contract: EventContract;
  subject: string;
  data: unknown;
}

export function outgoing<Contract extends EventContract>(
  contract: Contract,
  subject: string,
  data: EventData<Contract>,
): OutgoingEvent {
  return { contract, subject, data };
}

/** Below what a broker takes, with room for the headers. */
const MAX_BYTES = 900_000;

/**
 * The record of a new event; its id is made here, once, before it is stored: every resending carries the same.
 * Throws RangeError for one that is too large for the log, while the change that it tells of can still be undone:
 * in the outbox it would hold up all those behind it for ever.
 */
export function toRecord(event: OutgoingEvent, source: string): LogRecord {
  const context = currentContext();
  const value = JSON.stringify(event.data);
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_BYTES) {
    const { type } = event.contract;
    throw new RangeError(`${type} has ${String(bytes)} bytes, more than ${String(MAX_BYTES)}`);
  }
  const headers = {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_type: event.contract.type,
    ce_source: `/waymark/${source}`,
    ce_time: new Date().toISOString(),
    ce_subject: event.subject,
    'content-type': 'application/json',
    correlationid: context?.correlationId ?? event.subject,
    ...(context === undefined ? {} : { traceparent: context.traceparent }),
    ...(context?.causationId === undefined ? {} : { causationid: context.causationId }),
  };
  return {
    topic: event.contract.topic,
    key: event.subject,
    headers,
    value,
  };
}

/** Throws where the record is not a CloudEvent with JSON data. */
export function fromRecord(record: LogRecord): Event {
  const { headers } = record;
  return {
    id: required(headers, 'ce_id'),
    type: required(headers, 'ce_type'),
    source: required(headers, 'ce_source'),
    subject: headers.ce_subject ?? record.key,
    time: required(headers, 'ce_time'),
    data: JSON.parse(record.value) as unknown,
    traceparent: headers.traceparent,
    correlationId: headers.correlationid,
    causationId: headers.causationid,
  };
}

/** Runs `work` as something that the event causes: in its trace, with its correlation. */
export function causedBy<T>({ id, traceparent, correlationId }: Event, work: () => T): T {
  return runInContext({ traceparent, correlationId, causationId: id }, work);
}

function required(headers: LogRecord['headers'], name: string): string {
  const value = headers[name];
  if (value === undefined) throw new Error(`not a CloudEvent: the header ${name} is missing`);
  return value;
}
