/**
 * One attempt at a message, the same on every adapter: the handler runs for as long as the worker holds the
 * message, and what came of it says how the message is settled.
 */
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { PoisonError } from './handler.ts';
import { RetryLater, type Delivery, type WorkOptions } from './work-queue.ts';

/** How the message is settled: it is done, comes again after a pause, or is a dead letter. */
export type Outcome = { done: true } | { pauseMs: number } | { reason: string };

type Options = Pick<WorkOptions, 'handle' | 'attempts' | 'backoff'> & { queue: string; log: Log };

/** Makes the attempt. `leaseEnd` is on the clock of `performance.now()`; `lost` says that the message is another's. */
export async function attemptWork(
  options: Options,
  delivery: Delivery,
  until: { leaseEnd: number; lost?: AbortSignal },
): Promise<Outcome> {
  const failure = await failureOf(options, delivery, until);
  if (failure === undefined) return { done: true };
  const { id, attempt } = delivery;
  options.log.warn({ err: failure, queue: options.queue, id, attempt }, 'work failed');
  if (failure instanceof PoisonError || attempt >= options.attempts)
    return { reason: failure.message };
  if (failure instanceof RetryLater) return { pauseMs: failure.afterMs };
  return { pauseMs: backoffMs(attempt, options.backoff) };
}

/** A handler that ignores its signal keeps no hand busy. */
async function failureOf(
  { handle, attempts }: Options,
  delivery: Delivery,
  { leaseEnd, lost }: { leaseEnd: number; lost?: AbortSignal },
): Promise<Error | undefined> {
  // Where the last one failed it was buried at once; this one's worker did not live, or not within its lease.
  if (delivery.attempt > attempts) return new PoisonError('the last attempt was never finished');
  const held = new AbortController();
  const over = Promise.withResolvers<never>();
  const end = (reason: string) => {
    held.abort();
    over.reject(new Error(reason));
  };
  const endByLoss = () => end('the connection was lost before the work was done');
  const timer = setTimeout(
    () => end('the lease was over before the work was done'),
    leaseEnd - performance.now(),
  );
  lost?.addEventListener('abort', endByLoss, { once: true });
  try {
    await Promise.race([handle(delivery, held.signal), over.promise]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
    lost?.removeEventListener('abort', endByLoss);
  }
}
