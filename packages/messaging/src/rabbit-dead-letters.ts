/**
 * Dead letters in a queue of their own. To look at them is to take them and to give them back. The server puts them
 * at the end then, so whoever wants the oldest ones looks at all; two who look at once see some each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, SyncMessage } from 'rabbitmq-client';
import { storable } from './dead-letters.ts';
import type { Rabbit } from './rabbit-connection.ts';
import { toEnvelope, toFailure, toParcel, type Parcel } from './rabbit-message.ts';
import { deadQueue, declareDead, keyedQueue } from './rabbit-queues.ts';
import type { WorkDeadLetter } from './work-queue.ts';

const REASON_LENGTH = 1000;

/** One that has no attempts left waits until it is redriven. */
export async function bury(
  rabbit: Rabbit,
  { queue, parcel, reason }: { queue: string; parcel: Parcel; reason: string },
): Promise<void> {
  const failure = { reason: storable(reason).slice(0, REASON_LENGTH), failedAt: new Date() };
  const envelope = { ...toEnvelope(parcel, failure), routingKey: deadQueue(queue) };
  await rabbit.publish(envelope, parcel.value);
}

export async function listDeadLetters(
  rabbit: Rabbit,
  queue: string,
  limit: number,
): Promise<WorkDeadLetter[]> {
  const letters: WorkDeadLetter[] = [];
  await visit(rabbit, queue, async (message) => {
    const { id, key, headers, value } = toParcel(message);
    letters.push({ id, key, headers, value, ...toFailure(message) });
    letters.sort((a, b) => a.failedAt.getTime() - b.failedAt.getTime());
    letters.splice(limit);
    return 'keep';
  });
  return letters;
}

/** A death between the publication and the acknowledgement sends a letter twice, and loses none. */
export async function redrive(
  rabbit: Rabbit,
  queue: string,
  which: { id: string } | 'all',
): Promise<number> {
  let redriven = 0;
  await visit(rabbit, queue, async (message) => {
    const parcel = { ...toParcel(message), attempts: 0 };
    if (which !== 'all' && (redriven > 0 || parcel.id !== which.id))
      return redriven > 0 ? 'stop' : 'keep';
    const routingKey = parcel.key === undefined ? queue : keyedQueue(queue);
    await rabbit.publish({ ...toEnvelope(parcel), routingKey }, parcel.value);
    redriven += 1;
    return 'remove';
  });
  return redriven;
}

/** Shows the letters that are there now, and gives back those that are kept. */
async function visit(
  rabbit: Rabbit,
  queue: string,
  see: (message: SyncMessage) => Promise<'keep' | 'remove' | 'stop'>,
): Promise<void> {
  const channel = await rabbit.acquire();
  try {
    const count = await declareDead(channel, queue);
    let removed = 0;
    let kept: SyncMessage | undefined;
    for (let seen = 0; seen < count; seen += 1) {
      const message = await channel.basicGet({ queue: deadQueue(queue) });
      if (message === undefined) break;
      const decision = await see(message);
      if (decision === 'remove') {
        channel.basicAck({ deliveryTag: message.deliveryTag });
        removed += 1;
      } else kept = message;
      if (decision === 'stop') break;
    }
    if (kept === undefined) return;
    channel.basicNack({ deliveryTag: kept.deliveryTag, multiple: true, requeue: true });
    await untilBack(channel, { queue, count: count - removed });
  } finally {
    await channel.close();
  }
}

/** The server puts them back in its own time; whoever looks next is to find them all. */
async function untilBack(channel: Channel, expected: { queue: string; count: number }) {
  for (let looks = 0; looks < 50; looks += 1) {
    if ((await declareDead(channel, expected.queue)) >= expected.count) return;
    await sleep(20);
  }
}
