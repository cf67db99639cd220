/**
 * Does what payments call for at the card processor: takes due ones under a lease, asks, and commits the answer.
 * If the process dies at any point, the lease runs out and another worker asks again under the same key.
 * Pauses between attempts grow to a minute but attempts do not end: giving up on a capture would give goods
 * away, giving up on a void would keep a customer's money.
 */
import type { Part } from '@waymark/lifecycle/app.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import { runInContext } from '@waymark/telemetry/context.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { inSpan } from '@waymark/telemetry/span.ts';
import { randomUUID } from 'node:crypto';
import { createAnswers } from './answers.ts';
import type { Processor } from './processor.ts';
import type { Claim, PaymentsStore } from './store.ts';

export interface WorkerOptions {
  store: PaymentsStore;
  processor: Processor;
  log: Log;
  /** Called after a commit that added to the outbox. */
  committed(): void;
}

/** At once and per process: slow cards take up to two seconds each, and must leave room for the quick ones. */
const CONCURRENCY = 32;
/** Of a backlog, so many are looked for, and committed, together: the statements for one do for all of them. */
const TOGETHER = 8;
/** Longer than a call and its commit can take. */
const LEASE_SECONDS = 15;
const POLL_MS = 500;
/** From here on each failed attempt is an error in the log, and somebody should look. */
const LOUD_ATTEMPTS = 10;

export function createWorker(options: WorkerOptions): Part & { wake(): void } {
  const { store, processor, log, committed } = options;
  const commit = createAnswers(store, TOGETHER);
  const underWay = new Set<Promise<void>>();
  /** The last look found as many as there was room for. */
  let mayBeMore = false;

  const loop = createLoop({
    name: 'payments worker',
    intervalMs: POLL_MS,
    log,
    async runOnce() {
      const free = processor.isResting() ? 0 : CONCURRENCY - underWay.size;
      const claims = free === 0 ? [] : await store.claimDue(free, LEASE_SECONDS, randomUUID());
      mayBeMore = claims.length === free;
      for (const claim of claims) {
        const work = process(claim).finally(() => {
          underWay.delete(work);
          if (mayBeMore && CONCURRENCY - underWay.size >= TOGETHER) loop.wake();
        });
        underWay.add(work);
      }
      return false;
    },
  });

  async function process(claim: Claim): Promise<void> {
    const { payment, leaseToken, attempts } = claim;
    const { orderId, state } = payment;
    const span = { kind: 'internal', attributes: { 'waymark.attempts': attempts } } as const;
    await runInContext({ traceparent: claim.traceparent, correlationId: orderId }, async () => {
      try {
        const kept = await inSpan(`payment ${state}`, span, async () => {
          const answer = await processor.ask(payment);
          return commit({ orderId, leaseToken }, answer);
        });
        if (kept) committed();
        else log.warn({ orderId, state }, 'lease lost, answer dropped');
      } catch (error) {
        const level = attempts < LOUD_ATTEMPTS ? 'info' : 'error';
        log[level]({ err: error, orderId, state, attempts }, 'outcome unknown, will ask again');
        const pauseMs = backoffMs(attempts, { firstMs: 200, maxMs: 60_000 });
        // Where even this fails, the lease runs out by itself.
        await store.postpone(orderId, leaseToken, pauseMs).catch((cause: unknown) => {
          log.warn({ err: cause, orderId }, 'could not postpone, the lease will run out');
        });
        setTimeout(loop.wake, pauseMs).unref();
      }
    });
  }

  return {
    wake: loop.wake,
    start: loop.start,
    async stop() {
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}
