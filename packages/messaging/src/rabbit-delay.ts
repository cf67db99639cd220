/**
 * Delays in RabbitMQ without its plug-in. A message that waits in a queue with a time to live is dead-lettered
 * when its time is over, and only the head of a queue is looked at, so messages of different delays must not
 * share one. Here each queue holds one power of two of a unit, and a message passes through those that its
 * delay is the sum of, moved by the server alone.
 */
import type { Channel } from 'rabbitmq-client';

const UNIT_MS = 16;
const LEVELS = 26;
/** 12 days. */
export const MAX_DELAY_MS = UNIT_MS * (2 ** LEVELS - 1);
/** Six binary digits of a delay count, the others are rounded up: at most 6 queues, and 1/32 of it too late. */
const DIGITS = 6;
const END = 'delay.end';

/** Where a message is published that is to reach the queue after the delay, and never before. */
export function delayRoute(delayMs: number, queue: string) {
  const units = Math.min(Math.max(1, Math.ceil(delayMs / UNIT_MS)), 2 ** LEVELS - 1);
  const step = 2 ** Math.max(0, Math.floor(Math.log2(units)) + 1 - DIGITS);
  const rounded = Math.min(Math.ceil(units / step) * step, 2 ** LEVELS - 1);
  const digits = rounded.toString(2).padStart(LEVELS, '0');
  const highest = LEVELS - 1 - digits.indexOf('1');
  return {
    exchange: `delay.${String(highest)}`,
    routingKey: `${digits.split('').join('.')}.${queue}`,
  };
}

// #region delay-by-binary-digits
/**
 * The exchange of each level reads its digit of the routing key: 1 leads to the level's queue, 0 to the next
 * level, and what has waited in the queue goes to the next level too, with its routing key unchanged. So the
 * server carries a message through all its waits, also while no worker runs. `at-least-once` makes a queue
 * keep what it hands on until the next one has it; that needs `reject-publish`, though none has a limit.
 */
export async function declareDelays(channel: Channel): Promise<void> {
  await channel.exchangeDeclare({ exchange: END, type: 'topic', durable: true });
  for (let level = 0; level < LEVELS; level += 1) {
    const name = `delay.${String(level)}`;
    const next = level === 0 ? END : `delay.${String(level - 1)}`;
    await channel.exchangeDeclare({ exchange: name, type: 'topic', durable: true });
    await channel.queueDeclare({
      queue: name,
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-message-ttl': UNIT_MS * 2 ** level,
        'x-dead-letter-exchange': next,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      },
    });
    const before = '*.'.repeat(LEVELS - 1 - level);
    await channel.queueBind({ exchange: name, queue: name, routingKey: `${before}1.#` });
    await channel.exchangeBind({ source: name, destination: next, routingKey: `${before}0.#` });
  }
}
// #endregion

/** Makes the queue one that delayed messages can end in. */
export async function bindToDelays(channel: Channel, queue: string): Promise<void> {
  await channel.queueBind({ exchange: END, queue, routingKey: '*.'.repeat(LEVELS) + queue });
}
