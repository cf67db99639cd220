/**
 * Signatures of webhooks by Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), for those who
 * send and those who receive. The id and the time are signed too, so that nobody can replay a delivery under others.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
/** A delivery that was signed longer ago, or in the future, is refused. */
const TOLERANCE_SECONDS = 5 * 60;

export interface SignedContent {
  /** The header `webhook-id`: the same for each attempt of one delivery. */
  id: string;
  /** The header `webhook-timestamp`: of this attempt, in seconds since 1970. */
  timestamp: number;
  /** Byte for byte as it is sent. */
  body: string;
}

/** The header `webhook-signature`. */
export function signWebhook(secret: string, { id, timestamp, body }: SignedContent): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const content = `${id}.${String(timestamp)}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

/** Whether the headers sign the body with this secret and are fresh; whether the id was seen before is the caller's to know. */
export function verifyWebhook(
  secret: string,
  received: { headers: Record<string, string | string[] | undefined>; body: string },
  now: Date,
): boolean {
  const { headers, body } = received;
  const timestamp = Number(headers['webhook-timestamp']);
  const ageSeconds = Math.abs(now.getTime() / 1000 - timestamp);
  if (!Number.isInteger(timestamp) || ageSeconds > TOLERANCE_SECONDS) return false;
  const content = { id: String(headers['webhook-id']), timestamp, body };
  const expected = Buffer.from(signWebhook(secret, content));
  // While a secret is replaced there are several signatures, with a space between them.
  const given = String(headers['webhook-signature'])
    .split(' ')
    .map((one) => Buffer.from(one));
  return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
