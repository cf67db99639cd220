/**
 * The client of the card processor. It turns answers into three kinds: yes, no, and unknown. A time-out, a
 * dropped connection and a server error are all unknown: the processor may have held or taken the money, and
 * only asking again under the same key tells. A breaker keeps us from hammering a processor that is down.
 */
import type { HttpAnswer, HttpClient } from '@waymark/http/client.ts';
import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { calls, type Answer, type Payment, type PendingState } from './payment.ts';

/** The outcome is unknown: ask again, under the same key. */
class UnknownOutcome extends Error {}

export interface Processor {
  /** Throws where the outcome is unknown. */
  ask(payment: Payment & { state: PendingState }): Promise<Answer>;
  /** Would refuse to ask: leave payments alone, since an attempt that never was would still lengthen their pauses. */
  isResting(): boolean;
}

export interface ProcessorOptions {
  http: HttpClient;
  apiKey: string;
}

const BREAKER_FAILURES = 10;
const BREAKER_OPEN_MS = 2000;

export function createProcessor({ http, apiKey }: ProcessorOptions): Processor {
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
    halfOpenAfter: BREAKER_OPEN_MS,
  });
  let restsUntil = 0;
  breaker.onBreak(() => {
    restsUntil = performance.now() + BREAKER_OPEN_MS;
  });
  return {
    isResting: () => performance.now() < restsUntil,
    ask: (payment) =>
      breaker.execute(async () => {
        const { path, json } = requestFor(payment);
        const answer = await http.call({
          method: 'POST',
          path,
          json,
          headers: {
            authorization: `Bearer ${apiKey}`,
            'idempotency-key': idempotencyKey(payment),
          },
        });
        return interpret(payment, answer);
      }),
  };
}

// #region one-key-for-one-call
/**
 * The same for every attempt at the same thing, and different for every other thing. So whoever asks again, another
 * process days later too, gets the first answer; and an abandoned payment is asked about under the key that it was
 * begun with.
 */
function idempotencyKey(payment: Payment & { state: PendingState }): string {
  return `${payment.orderId}/${calls[payment.state]}/${String(payment.holdNumber)}`;
}
// #endregion

function requestFor(payment: Payment & { state: PendingState }): { path: string; json: object } {
  const call = calls[payment.state];
  if (call !== 'authorise') return { path: `/v1/holds/${payment.holdId ?? ''}/${call}`, json: {} };
  const { orderId: reference, amountCents, currency, cardToken } = payment;
  return { path: '/v1/holds', json: { reference, amountCents, currency, cardToken } };
}

function interpret(payment: Payment, { status, body }: HttpAnswer): Answer {
  const { id, code } = (typeof body === 'object' ? body : {}) as { id?: unknown; code?: unknown };
  if (status < 300 && typeof id === 'string') return { kind: 'done', holdId: id };
  if (status === 402) return { kind: 'declined', reason: String(code) };
  if (code === 'unknown-card') return { kind: 'declined', reason: 'unknown-card' };
  if (code === 'hold-expired') return { kind: 'expired' };
  throw new UnknownOutcome(
    `${payment.state}: the processor answered ${String(status)} ${String(code)}`,
  );
}
