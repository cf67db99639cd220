/**
 * Bounds what is in hand of one key. Each key has `perKey` slots, and one consumer of all workers, the queue's
 * single active one, gives them out: a message that gets a slot goes to the work queue, where every worker may
 * take it, and one that gets none waits in a queue of its key. Whoever is done with a message says so before it
 * acknowledges it, and the next one of the line gets the slot.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import type { AsyncMessage, Channel } from 'rabbitmq-client';
import type { Rabbit } from './rabbit-connection.ts';
import { createConsumer } from './rabbit-consumer.ts';
import { toEnvelope, toParcel, type Parcel } from './rabbit-message.ts';
import { declareLine, keyedQueue, lineQueue } from './rabbit-queues.ts';

/** Enough to have the server write many at once. */
const PREFETCH = 200;

interface Key {
  name: string;
  taken: Set<string>;
  /** Whether there may be messages in its line. */
  hasLine: boolean;
  lineDeclared?: Promise<unknown>;
  joining: number;
  /** Who uses this object now; without one, and without slots and line, it is forgotten. */
  users: number;
  refilled: Promise<void>;
}

export interface SlotsOptions {
  rabbit: Rabbit;
  queue: string;
  perKey?: number | undefined;
  log: Log;
  prepare(): Promise<void>;
}

export function createSlots(options: SlotsOptions) {
  const known = new WeakMap<Channel, Map<string, Key>>();
  return createConsumer({
    ...options,
    queue: keyedQueue(options.queue),
    prefetch: PREFETCH,
    async handle({ channel }, message) {
      // What this worker knew in an earlier session is out of date: another one may have been active since.
      const keys = known.get(channel) ?? new Map<string, Key>();
      known.set(channel, keys);
      const name = toParcel(message).key ?? '';
      const key = keys.get(name) ?? newKey(name);
      keys.set(name, key);
      key.users += 1;
      await place(options, { channel, key }, message);
      channel.basicAck({ deliveryTag: message.deliveryTag });
      key.users -= 1;
      if (key.users === 0 && key.taken.size === 0 && !key.hasLine) keys.delete(name);
    },
  });
}

const newKey = (name: string): Key => ({
  name,
  taken: new Set(),
  hasLine: false,
  joining: 0,
  users: 0,
  refilled: Promise.resolve(),
});

/** Says that a slot is free again. */
export function giveBack(rabbit: Rabbit, queue: string, { key = '', slot = '' }: Parcel) {
  const routingKey = keyedQueue(queue);
  return rabbit.publish({ routingKey, type: 'free', headers: { key, slot, attempts: 0 } }, '');
}

interface At {
  channel: Channel;
  key: Key;
}

// #region work-slots
/**
 * Every message is confirmed where it goes before it is acknowledged where it was, so a death in between makes
 * two of it and never none. A slot of which this consumer knows nothing was given by one before it, who may
 * have left a line. Such a line cannot be overlooked: it is only ever left while slots are taken, or news of
 * them waits here, and each of them leads to it.
 */
async function place(options: SlotsOptions, { channel, key }: At, message: AsyncMessage) {
  const parcel = toParcel(message);
  if (message.type === 'free') {
    if (!key.taken.delete(parcel.slot ?? '')) key.hasLine = true;
  } else if (!key.hasLine && key.taken.size < (options.perKey ?? Infinity)) {
    await giveSlot(options, key, parcel);
    return;
  } else {
    await joinLine(options, { channel, key }, parcel);
  }
  key.refilled = key.refilled.then(() => refill(options, { channel, key }));
  await key.refilled;
}

async function refill(options: SlotsOptions, { channel, key }: At): Promise<void> {
  const { queue, perKey = Infinity } = options;
  const line = lineQueue(queue, key.name);
  if (key.hasLine) await declareOnce(channel, key, line);
  while (key.hasLine && key.taken.size < perKey) {
    const nobodyJoins = key.joining === 0;
    const next = await channel.basicGet({ queue: line });
    if (next !== undefined) {
      await giveSlot(options, key, toParcel(next));
      channel.basicAck({ deliveryTag: next.deliveryTag });
    } else if (nobodyJoins) key.hasLine = key.joining > 0;
    else break;
  }
}
// #endregion

/** Where the bound is missing no slot is given, and none has to come back. */
async function giveSlot({ rabbit, queue, perKey }: SlotsOptions, key: Key, parcel: Parcel) {
  const slot = perKey === undefined ? undefined : randomUUID();
  if (slot !== undefined) key.taken.add(slot);
  await rabbit.publish({ ...toEnvelope({ ...parcel, slot }), routingKey: queue }, parcel.value);
}

async function joinLine({ rabbit, queue }: SlotsOptions, { channel, key }: At, parcel: Parcel) {
  const line = lineQueue(queue, key.name);
  key.hasLine = true;
  key.joining += 1;
  await declareOnce(channel, key, line);
  await rabbit.publish({ ...toEnvelope(parcel), routingKey: line }, parcel.value);
  key.joining -= 1;
}

const declareOnce = (channel: Channel, key: Key, line: string) =>
  (key.lineDeclared ??= declareLine(channel, line));
