/**
 * A message of the port as a message of AMQP. The caller's headers are a table within ours, since the server adds
 * some of its own beside them. What must survive a republication, such as the attempts made, is a header too.
 */
import type { AsyncMessage, Envelope, SyncMessage } from 'rabbitmq-client';
import type { WorkMessage } from './work-queue.ts';

export interface Parcel extends WorkMessage {
  id: string;
  key: string | undefined;
  /** Attempts before it came to the queue that it is in. */
  attempts: number;
  /** Set while it has one of its key's slots (rabbit-slots.ts). */
  slot?: string | undefined;
}

export interface Failure {
  reason: string;
  failedAt: Date;
}

export function toEnvelope(
  { id, key, attempts, headers, slot }: Parcel,
  failure?: Failure,
): Envelope {
  return {
    messageId: id,
    type: 'work',
    headers: {
      headers,
      attempts,
      ...(key !== undefined && { key }),
      ...(slot !== undefined && { slot }),
      ...(failure && { reason: failure.reason, 'failed-at': failure.failedAt.getTime() }),
    },
  };
}

interface Fields {
  headers: Record<string, string>;
  attempts: number;
  key?: string;
  slot?: string;
  reason?: string;
  'failed-at'?: number;
  /** A quorum queue counts deliveries that came back; since 4.3 one counts failures and the other all. */
  'x-delivery-count'?: number;
  'x-acquired-count'?: number;
}

export function toParcel(message: AsyncMessage | SyncMessage): Parcel {
  const fields = message.headers as unknown as Fields;
  return {
    id: message.messageId ?? '',
    key: fields.key,
    headers: fields.headers,
    value: String(message.body),
    attempts: fields.attempts,
    slot: fields.slot,
  };
}

/** How often the message has come back to the queue it is from, for a worker that died or could not settle it. */
export function deathsOf({ headers }: AsyncMessage): number {
  const fields = headers as unknown as Fields;
  return Math.max(fields['x-delivery-count'] ?? 0, fields['x-acquired-count'] ?? 0);
}

/** Undefined parts are of letters that the server buried, after more deliveries than its limit allows. */
export function toFailure(message: SyncMessage): Failure & { attempts: number } {
  const fields = message.headers as unknown as Fields;
  return {
    attempts: fields.attempts,
    reason: fields.reason ?? 'too many workers died with it',
    failedAt: new Date(fields['failed-at'] ?? (message.timestamp ?? 0) * 1000),
  };
}
