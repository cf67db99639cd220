/**
 * One worker of a queue in RabbitMQ. The server hands it as many messages as it has hands and knows when its
 * connection ends; the end of a lease it times itself, since the server has no such thing. A message that is to
 * come again is published anew, with its attempts, so that it can wait elsewhere.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import type { AsyncMessage } from 'rabbitmq-client';
import type { Rabbit } from './rabbit-connection.ts';
import { createConsumer, type Session } from './rabbit-consumer.ts';
import { bury } from './rabbit-dead-letters.ts';
import { delayRoute } from './rabbit-delay.ts';
import { deathsOf, toEnvelope, toParcel, type Parcel } from './rabbit-message.ts';
import { keyedQueue } from './rabbit-queues.ts';
import { createSlots, giveBack } from './rabbit-slots.ts';
import { attemptWork, type Outcome } from './work-attempt.ts';
import type { WorkOptions, Worker } from './work-queue.ts';

interface Options extends WorkOptions {
  queue: string;
  rabbit: Rabbit;
  log: Log;
  prepare(): Promise<void>;
}

export function createWorker(options: Options): Worker {
  const consumer = createConsumer({
    ...options,
    prefetch: options.concurrency,
    handle: (session, message) => work(options, session, message),
  });
  const slots = createSlots(options);
  return {
    start() {
      consumer.start();
      slots.start();
    },
    async stop() {
      await Promise.all([consumer.stop(), slots.stop()]);
    },
  };
}

/** One attempt at the message, settled by what came of it. */
async function work(options: Options, { channel, lost }: Session, message: AsyncMessage) {
  const { queue, log } = options;
  const parcel = toParcel(message);
  const attempt = parcel.attempts + deathsOf(message) + 1;
  const { id, key, headers, value } = parcel;
  const leaseEnd = performance.now() + options.leaseMs;
  const delivery = { id, key, headers, value, attempt };
  const outcome = await attemptWork(options, delivery, { leaseEnd, lost });
  const { deliveryTag } = message;
  try {
    // Without the channel the message is another's, who settles it.
    if (channel.active) await settle(options, { ...parcel, attempts: attempt }, outcome);
    channel.basicAck({ deliveryTag });
  } catch (error) {
    log.warn({ err: error, queue, id }, 'work not settled, it will come again');
    if (channel.active) channel.basicNack({ deliveryTag, requeue: true });
  }
}

/** What is to be known of the message elsewhere is there before it is acknowledged here. */
async function settle({ rabbit, queue }: Options, parcel: Parcel, outcome: Outcome): Promise<void> {
  const { slot, ...freed } = parcel;
  if ('reason' in outcome) await bury(rabbit, { queue, parcel: freed, reason: outcome.reason });
  else if ('pauseMs' in outcome) {
    const to = freed.key === undefined ? queue : keyedQueue(queue);
    await rabbit.publish({ ...toEnvelope(freed), ...delayRoute(outcome.pauseMs, to) }, freed.value);
  }
  if (slot !== undefined) await giveBack(rabbit, queue, parcel);
}
