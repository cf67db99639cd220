/**
 * Placing an order as a program should that means to have exactly one: under one Idempotency-Key, made before the first
 * attempt, the request is sent again until there is an answer. An order that was accepted without our hearing of
 * it answers the next attempt.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './client.ts';
import { ApiProblem, bodyOf } from './problem.ts';
import type { components } from './v1.ts';

export type PlaceOrder = components['schemas']['PlaceOrder'];
export type Order = components['schemas']['Order'];

const ATTEMPTS = 5;
const PAUSE_MS = 500;

/** Throws ApiProblem where the order is refused, and the last failure where no attempt was answered. */
export async function placeOrder(
  client: ApiClient,
  body: PlaceOrder,
  key: string = randomUUID(),
): Promise<Order> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const params = { header: { 'Idempotency-Key': key } };
      return bodyOf(await client.POST('/v1/orders', { params, body }));
    } catch (error) {
      if (attempt === ATTEMPTS || !mayPass(error)) throw error;
      await sleep(PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

/** Without an answer, and with those that say so: too fast, in flight under this key, or a fault of the server. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return true;
  const { status, code } = error;
  return status >= 500 || status === 429 || code === 'idempotency-key-in-flight';
}
