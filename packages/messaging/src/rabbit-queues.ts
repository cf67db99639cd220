/**
 * The queues behind one work queue. `<queue>` holds what may be worked on now; `<queue>.keyed` what has a key and
 * must first get one of its key's slots, and news of slots that are free again; `<queue>.line.<hash>` what waits
 * behind a busy key; `<queue>.dead` the dead letters. All but the lines are quorum queues.
 */
import { createHash } from 'node:crypto';
import type { Channel } from 'rabbitmq-client';
import { bindToDelays } from './rabbit-delay.ts';

/** Messages that were only held or looked at come back too, and the server's limit of 20 would bury them. */
const UNLIMITED = 1_000_000_000;
/** Where work has no such bound of its own, a message that ends every process is stopped in the end. */
const MAX_DEATHS = 1000;

export const keyedQueue = (queue: string) => `${queue}.keyed`;
export const deadQueue = (queue: string) => `${queue}.dead`;
/** A hash, since a key may have any length and any characters. */
export const lineQueue = (queue: string, key: string) =>
  `${queue}.line.${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;

export async function declareQueues(channel: Channel, queue: string): Promise<void> {
  await declareQuorum(channel, deadQueue(queue), { 'x-delivery-limit': UNLIMITED });
  await declareQuorum(channel, queue, {
    'x-delivery-limit': MAX_DEATHS,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': deadQueue(queue),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  });
  await declareQuorum(channel, keyedQueue(queue), {
    'x-delivery-limit': UNLIMITED,
    'x-single-active-consumer': true,
  });
  await bindToDelays(channel, queue);
  await bindToDelays(channel, keyedQueue(queue));
}

/**
 * A classic queue, since it is made while others wait: a quorum queue whose server is killed in the second after
 * can be left without a leader for good, and a channel that asks it for a message gets no answer any more.
 */
export const declareLine = (channel: Channel, line: string) =>
  channel.queueDeclare({ queue: line, durable: true, arguments: { 'x-queue-type': 'classic' } });

/** Resolves to the number of messages in it, without those that somebody has in hand. */
export const declareDead = (channel: Channel, queue: string) =>
  declareQuorum(channel, deadQueue(queue), { 'x-delivery-limit': UNLIMITED });

async function declareQuorum(
  channel: Channel,
  queue: string,
  settings: Record<string, string | number | boolean>,
): Promise<number> {
  const declared = await channel.queueDeclare({
    queue,
    durable: true,
    arguments: { 'x-queue-type': 'quorum', ...settings },
  });
  return declared.messageCount;
}
