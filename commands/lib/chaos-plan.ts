/**
 * What a chaos run does, decided by its seed before it begins: every order, and every fault with its moment,
 * counted in orders rather than in seconds so that a slower machine does the same.
 */
import { UserError } from '../../infra/embedded/user-error.ts';
import type { CardToken } from '@waymark/contracts/card-tokens.ts';
import type { ServiceName } from '../../infra/embedded/names.ts';

export type Victim = ServiceName | 'postgres' | 'kafka' | 'redis' | 'rabbitmq';

export interface Fault {
  victim: Victim;
  /** Frozen for this long, its connections left open; or killed. */
  pauseMs: number | undefined;
}

export interface PlannedOrder {
  customer: 'ada' | 'bob';
  key: string;
  cardToken: CardToken;
  lines: { productId: string; quantity: number }[];
  /** Sent again under the same key once it was accepted. */
  repeated: boolean;
  /** Cancelled by the customer this long after it was accepted, or not at all. */
  cancelAfterMs: number | undefined;
}

/** Orders are sent in rounds; in the middle of each but the last, these faults come together. */
export interface Round {
  orders: PlannedOrder[];
  faults: Fault[];
  /** How long after the round's middle, so that faults meet orders at every stage of their way. */
  strikeAfterMs: number;
}

export interface PlanOptions {
  seed: number;
  orders: number;
  kills: number;
  /** Whether some of the kills are pauses instead. */
  pauses: boolean;
  victims: readonly Victim[];
  /** Products to choose from; the first few are scarce. */
  productIds: string[];
}

export const SCARCE_PRODUCTS = 5;

/** One in this many faults has a second one along. */
const PAIRS = 5;
const MAX_DELAY_MS = 300;
/** One in this many faults is a pause: short of a lost session, or longer than one lasts (6 s at Kafka). */
const PAUSES = 3;
const PAUSE_MS = { from: 2000, to: 8000 };

const cards: [CardToken, number][] = [
  ['tok_approve', 70],
  ['tok_decline', 10],
  ['tok_charge_then_drop', 8],
  ['tok_fail_once', 6],
  ['tok_hold_expires', 4],
  ['tok_slow', 2],
];

export function planChaos(options: PlanOptions): Round[] {
  const random = randomFrom(options.seed);
  const rounds: Round[] = [];
  const faults = planFaults(options, random);
  if (options.orders <= faults.length) {
    throw new UserError('every kill needs an order of its own: fewer kills, or more orders');
  }
  const perRound = Math.floor(options.orders / (faults.length + 1));
  for (let index = 0; index <= faults.length; index += 1) {
    const sent = index * perRound;
    const count = index === faults.length ? options.orders - sent : perRound;
    const orders = Array.from({ length: count }, (_, step) =>
      planOrder(options, random, sent + step),
    );
    const strikeAfterMs = random.below(MAX_DELAY_MS);
    rounds.push({ orders, faults: faults[index] ?? [], strikeAfterMs });
  }
  return rounds;
}

function planFaults({ kills, pauses, victims }: PlanOptions, random: Random): Fault[][] {
  const planned: Fault[][] = [];
  const fault = (victim: Victim): Fault => {
    const paused = pauses && random.below(PAUSES) === 0;
    const { from, to } = PAUSE_MS;
    return { victim, pauseMs: paused ? from + random.below(to - from) : undefined };
  };
  for (let left = kills; left > 0;) {
    const first = random.pick(victims);
    const others = victims.filter((victim) => victim !== first);
    const pair = left > 1 && others.length > 0 && random.below(PAIRS) === 0;
    planned.push((pair ? [first, random.pick(others)] : [first]).map(fault));
    left -= pair ? 2 : 1;
  }
  return planned;
}

function planOrder({ seed, productIds }: PlanOptions, random: Random, index: number): PlannedOrder {
  const scarce = random.below(10) < 3 ? [random.pick(productIds.slice(0, SCARCE_PRODUCTS))] : [];
  const usual = random.pick(productIds.slice(SCARCE_PRODUCTS));
  return {
    customer: random.pick(['ada', 'bob']),
    key: `chaos-${String(seed)}-${String(index)}`,
    cardToken: random.weighted(cards),
    lines: [...scarce, usual].map((productId) => ({ productId, quantity: 1 + random.below(2) })),
    repeated: random.below(10) === 0,
    cancelAfterMs: random.below(10) === 0 ? random.below(150) : undefined,
  };
}

interface Random {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  weighted<T>(items: readonly [T, number][]): T;
}

/** Mulberry32: small, seeded, and good enough to shuffle with. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const at = <T>(items: readonly T[], index: number): T => {
    const item = items[index];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
  return {
    below,
    pick: (items) => at(items, below(items.length)),
    weighted(items) {
      let left = below(items.reduce((total, [, weight]) => total + weight, 0));
      const found = items.find(([, weight]) => (left -= weight) < 0);
      return at(found ?? [], 0) as never;
    },
  };
}
