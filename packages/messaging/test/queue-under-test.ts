/** What the WorkQueue suite needs of an adapter. It uses the port alone, and queues that no other test uses. */
import { randomUUID } from 'node:crypto';
import type { Delivery, SendOptions, WorkOptions, WorkQueue } from '../src/work-queue.ts';

export interface QueueUnderTest {
  /** What a process of its own opens it with, by open.ts. */
  url: string;
  /** One more client, as another process would have. */
  connect(): WorkQueue;
  close(): Promise<void>;
}

export type OpenQueue = () => Promise<QueueUnderTest>;

export async function setup(open: OpenQueue) {
  const under = await open();
  const workQueue = under.connect();
  const queue = `test.${randomUUID()}`;
  const stops: (() => Promise<void>)[] = [];
  return {
    ...under,
    workQueue,
    queue,
    send: (value: string, options?: SendOptions) =>
      workQueue.send(queue, { headers: {}, value }, options),
    letters: () => workQueue.listDeadLetters(queue, 100),
    /** A worker on a client of its own; `begun` has the attempts that it was given, in order. */
    work(handle: WorkOptions['handle'], options: Partial<WorkOptions> = {}) {
      const begun: Delivery[] = [];
      const worker = under.connect().work(queue, {
        concurrency: 10,
        leaseMs: 10_000,
        attempts: 3,
        backoff: { firstMs: 2, maxMs: 20 },
        ...options,
        handle(message, signal) {
          begun.push(message);
          return handle(message, signal);
        },
      });
      stops.push(worker.stop);
      worker.start();
      return { begun, stop: worker.stop };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(stops.map((stop) => stop()));
      await under.close();
    },
  };
}

export const done = async () => undefined;
export const valuesOf = (deliveries: { value: string }[]) => deliveries.map(({ value }) => value);
