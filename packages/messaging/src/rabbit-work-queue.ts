/**
 * The WorkQueue on RabbitMQ. rabbit-queues.ts says which queues there are, rabbit-delay.ts how a message waits,
 * rabbit-slots.ts how a key is bounded, and docs/decisions/0010-rabbitmq-work-queue.md why so.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import { connectRabbit } from './rabbit-connection.ts';
import { listDeadLetters, redrive } from './rabbit-dead-letters.ts';
import { declareDelays, delayRoute, MAX_DELAY_MS } from './rabbit-delay.ts';
import { toEnvelope } from './rabbit-message.ts';
import { declareQueues, keyedQueue } from './rabbit-queues.ts';
import { createWorker } from './rabbit-worker.ts';
import type { WorkQueue } from './work-queue.ts';

/** The server ends a channel that holds a message for 30 minutes (its consumer_timeout). */
const MAX_LEASE_MS = 25 * 60_000;

export function openRabbitWorkQueue(options: { url: string; client: string; log: Log }): WorkQueue {
  const { url, log } = options;
  const rabbit = connectRabbit({ url, name: `${options.client}-work`, log });

  async function prepare(queue: string): Promise<void> {
    await rabbit.prepare('delay', declareDelays);
    await rabbit.prepare(queue, (channel) => declareQueues(channel, queue));
  }

  return {
    async send(queue, { headers, value }, { delayMs = 0, key } = {}) {
      if (delayMs > MAX_DELAY_MS) throw new RangeError(`a delay of ${String(delayMs)} ms`);
      await prepare(queue);
      const to = key === undefined ? queue : keyedQueue(queue);
      const route = delayMs > 0 ? delayRoute(delayMs, to) : { routingKey: to };
      const parcel = { id: randomUUID(), key, attempts: 0, headers, value };
      await rabbit.publish({ ...toEnvelope(parcel), ...route }, value);
    },

    work(queue, work) {
      if (work.leaseMs > MAX_LEASE_MS)
        throw new RangeError(`a lease of ${String(work.leaseMs)} ms`);
      return createWorker({ ...work, queue, rabbit, log, prepare: () => prepare(queue) });
    },

    listDeadLetters: (queue, limit) => listDeadLetters(rabbit, queue, limit),
    async redrive(queue, which) {
      await prepare(queue);
      return redrive(rabbit, queue, which);
    },
    async check() {
      await (await rabbit.acquire()).close();
    },
    close: rabbit.close,
  };
}
