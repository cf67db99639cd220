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
/** Whoever is told to wait for longer is told so, and does not. */
const MAX_PAUSE_MS = 10_000;

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
      const pauseMs = Math.max(PAUSE_MS * 2 ** (attempt - 1), askedMs(error));
      if (attempt === ATTEMPTS || !mayPass(error) || pauseMs > MAX_PAUSE_MS) throw error;
      // Spread, and never earlier than asked: all who were refused together would be back together.
      await sleep(pauseMs * (1 + Math.random()));
    }
  }
}

function askedMs(error: unknown): number {
  return error instanceof ApiProblem ? 1000 * (error.retryAfterSeconds ?? 0) : 0;
}

/** Without an answer, and with those that say so: too fast, in flight under this key, or a fault of the server. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return true;
  const { status, code } = error;
  return status >= 500 || status === 429 || code === 'idempotency-key-in-flight';
}
