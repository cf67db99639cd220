/**
 * The model of webhooks: which events partners can hear of, what they are told, and when a failed attempt is
 * repeated. What partners get is a selection made here, so that a field that an event gains stays with us.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Step } from './step.ts';

export const eventTypes = ['order-placed', 'order-confirmed', 'order-cancelled'] as const;

export interface Webhook {
  id: string;
  partnerId: string;
  url: string;
  eventTypes: string[];
  /** `whsec_` and the key in base64. */
  secret: string;
  createdAt: Date;
  disabledAt: Date | null;
  /** Starts at 1 and grows by one with each change. */
  version: number;
}

export interface WebhookChange {
  url?: string;
  eventTypes?: string[];
  active?: boolean;
}

/** The very same webhook where the change says nothing new. */
export function changeWebhook(webhook: Webhook, change: WebhookChange, now: Date): Webhook {
  const { url, eventTypes: types, active: wasActive } = { ...webhook, active: isActive(webhook) };
  const { url: newUrl = url, eventTypes: newTypes = types, active = wasActive } = change;
  const same = newUrl === url && active === wasActive && isDeepStrictEqual(newTypes, types);
  if (same) return webhook;
  const disabledAt = active ? null : (webhook.disabledAt ?? now);
  const version = webhook.version + 1;
  return { ...webhook, url: newUrl, eventTypes: newTypes, disabledAt, version };
}

export function isActive({ disabledAt }: Webhook): boolean {
  return disabledAt === null;
}

export interface Delivery {
  id: string;
  eventType: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  /** Null where the last attempt got no answer. */
  lastStatus: number | null;
  nextAttemptAt: Date | null;
  createdAt: Date;
}

/** The body of a delivery, in the form that Standard Webhooks recommends. */
export function payloadOf({ orderId, step, state, reason, at }: Step): string {
  return JSON.stringify({ type: step, timestamp: at, data: { orderId, state, reason } });
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

// #region webhook-schedule
// The first pauses are for a deployment or a lost packet, the last ones for a night in which nobody is at work.
// Together they are 18 hours, or up to 21 with the jitter, which keeps those that failed together apart.
const PAUSES_MS = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
];
const JITTER = 0.2;

/** When to try again after so many failed attempts; null where it is given up. */
export function nextAttemptAt(attempts: number, now: Date, random = Math.random): Date | null {
  const pauseMs = PAUSES_MS[attempts - 1];
  if (pauseMs === undefined) return null;
  return new Date(now.getTime() + pauseMs * (1 + random() * JITTER));
}
// #endregion
