/**
 * The clients of a chaos run: they behave as the documentation tells clients to, sending the same request under
 * the same key until there is an answer, and they remember every answer they got.
 */
import type { PlannedOrder } from './chaos-plan.ts';
import { demoAddress, type Answer, type OrderAnswer, type Shop } from './shop.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ClientRecord {
  /** For each key, the ids of the orders that a client was told of, which should be one. */
  accepted: Map<string, { ids: Set<string>; totalCents: number }>;
  /** Keys that got a definite refusal, with its code. */
  refused: Map<string, string>;
  /** What a client was told of its cancellation: the order's state, or the code of the refusal. */
  cancellations: Map<string, string>;
  /** Keys, and orders to be cancelled, that never got an answer. */
  unanswered: string[];
  /** Attempts that got no answer, or were told to come back. */
  retries: number;
}

const GIVE_UP_MS = 120_000;
const PAUSE_MS = 100;

export function createClients(shop: Shop) {
  const record: ClientRecord = {
    accepted: new Map(),
    refused: new Map(),
    cancellations: new Map(),
    unanswered: [],
    retries: 0,
  };

  /** Sends until there is a definite answer; undefined where there never is one. */
  async function insist<Body>(
    send: () => Promise<Answer<Body>>,
  ): Promise<Answer<Body> | undefined> {
    const deadline = performance.now() + GIVE_UP_MS;
    while (performance.now() < deadline) {
      const answer = await send().catch(() => undefined);
      if (answer !== undefined && !isPassing(answer)) return answer;
      record.retries += 1;
      await sleep(PAUSE_MS + Math.random() * PAUSE_MS);
    }
    return undefined;
  }

  async function submit(order: PlannedOrder): Promise<string | undefined> {
    const { customer, key, lines, cardToken } = order;
    const body = { lines, payment: { cardToken }, shipTo: demoAddress };
    const answer = await insist(() => shop.place(customer, body, key));
    if (answer === undefined) {
      record.unanswered.push(key);
      return undefined;
    }
    if (answer.status !== 201) {
      record.refused.set(key, answer.body.code ?? String(answer.status));
      return undefined;
    }
    const { id, totalCents } = answer.body;
    const earlier = record.accepted.get(key);
    if (earlier === undefined) record.accepted.set(key, { ids: new Set([id]), totalCents });
    else earlier.ids.add(id);
    return id;
  }

  return {
    record,

    async order(planned: PlannedOrder): Promise<void> {
      const id = await submit(planned);
      if (id === undefined) return;
      if (planned.repeated) await submit(planned);
      if (planned.cancelAfterMs === undefined) return;
      await sleep(planned.cancelAfterMs);
      const answer = await insist(() =>
        shop.call<OrderAnswer & { code?: string }>(planned.customer, {
          method: 'POST',
          path: `/v1/orders/${id}/cancel`,
        }),
      );
      if (answer === undefined) record.unanswered.push(id);
      else record.cancellations.set(id, answer.body.code ?? answer.body.state);
    },
  };
}

/** Told to come back, or no definite answer: a key in flight is one of those, a confirmed order is not. */
function isPassing({ status, body }: Answer<unknown>): boolean {
  const { code } = body as { code?: string };
  return status >= 500 || status === 429 || code === 'idempotency-key-in-flight';
}
