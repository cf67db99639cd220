/**
 * A consumer that is there again after every outage. It reads as one session after another: a channel, what the
 * caller does with a message on it, and its end. With the channel all messages in hand on it are the server's
 * again, which the caller learns by `lost`.
 */
import { createLoop, type Loop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { AsyncMessage, Channel } from 'rabbitmq-client';
import type { Rabbit } from './rabbit-connection.ts';

export interface Session {
  channel: Channel;
  lost: AbortSignal;
}

export interface ConsumerOptions {
  rabbit: Rabbit;
  queue: string;
  /** Messages that are in hand at once. */
  prefetch: number;
  log: Log;
  prepare(): Promise<void>;
  /** Acknowledges the message on the session's channel. A rejection ends the session: it all comes again. */
  handle(session: Session, message: AsyncMessage): Promise<void>;
}

const RECONNECT_MS = 200;

export function createConsumer(options: ConsumerOptions): Omit<Loop, 'wake'> {
  const loop = createLoop({
    name: `consume ${options.queue}`,
    intervalMs: RECONNECT_MS,
    log: options.log,
    async runOnce(stopping) {
      // The connection has said so.
      if (!options.rabbit.isUp()) return false;
      try {
        await runSession(options, stopping);
      } catch (error) {
        if (options.rabbit.isUp()) throw error;
      }
      return false;
    },
  });
  return { start: loop.start, stop: loop.stop };
}

async function runSession(options: ConsumerOptions, stopping: AbortSignal): Promise<void> {
  const { rabbit, queue, prefetch, handle } = options;
  await options.prepare();
  const channel = await rabbit.acquire();
  const lost = new AbortController();
  const ended = Promise.withResolvers<void>();
  const inHand = new Set<Promise<void>>();
  const end = (error: unknown) => {
    lost.abort();
    ended.reject(error);
  };
  channel.on('close', () => {
    end(new Error(`the channel of ${queue} was closed`));
  });
  channel.on('basic.cancel', (_tag, error) => {
    end(error);
  });
  const stop = () => {
    ended.resolve();
  };
  stopping.addEventListener('abort', stop, { signal: lost.signal });
  if (stopping.aborted) ended.resolve();
  try {
    await channel.basicQos({ prefetchCount: prefetch });
    const { consumerTag } = await channel.basicConsume({ queue }, (message) => {
      const work = handle({ channel, lost: lost.signal }, message)
        .catch(end)
        .finally(() => inHand.delete(work));
      inHand.add(work);
    });
    await ended.promise;
    await channel.basicCancel(consumerTag);
    await Promise.all(inHand);
  } finally {
    lost.abort();
    ended.promise.catch(() => undefined);
    await channel.close();
  }
}
