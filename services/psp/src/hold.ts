/**
 * The model: a hold on a card, and what may become of it. Card tokens stand for what real cards and networks
 * do; the faults among them come after the books are written, which is what makes them hard for the caller.
 *
 *   authorised -> captured -> refunded
 *             \-> voided
 */
import { isCardToken, type CardToken } from '@waymark/contracts/card-tokens.ts';
import { Problem } from '@waymark/http/problem.ts';
import { errors } from './errors.ts';

export interface Hold {
  id: string;
  reference: string;
  amountCents: number;
  currency: string;
  cardToken: string;
  state: 'authorised' | 'captured' | 'voided' | 'refunded';
  expiresAt: Date;
}

export interface Authorise {
  reference: string;
  amountCents: number;
  currency: string;
  cardToken: string;
}

export type HoldAction = 'capture' | 'void' | 'refund';

const DAY_MS = 24 * 3600 * 1000;
export const HOLD_MS = 7 * DAY_MS;
/** How long an idempotency key is known. Longer than a hold: who asks for one again later never gets two that last. */
export const KEY_MS = 30 * DAY_MS;

/** Throws `card-declined` and `unknown-card`. `earlierHolds` counts those for the same reference. */
export function authorise(
  request: Authorise,
  facts: { id: string; now: Date; earlierHolds: number; known: boolean },
): Hold {
  if (!facts.known) throw new Problem(errors['unknown-card']);
  if (request.cardToken === 'tok_decline') throw new Problem(errors['card-declined']);
  const lapsed = request.cardToken === 'tok_hold_expires' && facts.earlierHolds === 0;
  const expiresAt = new Date(facts.now.getTime() + (lapsed ? 0 : HOLD_MS));
  return { ...request, id: facts.id, state: 'authorised', expiresAt };
}

/** Throws `hold-expired` and `hold-closed`. */
export function act(hold: Hold, action: HoldAction, now: Date): Hold {
  if (action === 'refund') return move(hold, 'captured', 'refunded');
  if (action === 'void') return move(hold, 'authorised', 'voided');
  if (hold.state === 'authorised' && hold.expiresAt <= now) {
    throw new Problem(errors['hold-expired']);
  }
  return move(hold, 'authorised', 'captured');
}

function move(hold: Hold, from: Hold['state'], to: Hold['state']): Hold {
  if (hold.state !== from) {
    throw new Problem(errors['hold-closed'], undefined, { state: hold.state });
  }
  return { ...hold, state: to };
}

export type Fault = 'none' | 'fail-before' | 'drop-after' | 'slow-after';

/** What goes wrong around the first request under a key. */
export function faultOf(cardToken: string): Fault {
  const faults: Partial<Record<CardToken, Fault>> = {
    tok_fail_once: 'fail-before',
    tok_charge_then_drop: 'drop-after',
    tok_slow: 'slow-after',
  };
  return isCardToken(cardToken) ? (faults[cardToken] ?? 'none') : 'none';
}
