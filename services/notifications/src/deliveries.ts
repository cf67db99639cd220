/**
 * Carries deliveries to partners. The table of deliveries is the truth and their schedule: what is due goes into
 * the work queue, whose workers make one attempt each and write down what came of it. The queue shares the work
 * out among replicas, and no partner has more than a few workers at a time, however slow.
 */
import { createPruning } from '@waymark/database/prune.ts';
import type { Part } from '@waymark/lifecycle/app.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { WorkQueue } from '@waymark/messaging/work-queue.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import type { Post } from './post.ts';
import type { NotificationsStore } from './store.ts';
import { changeWebhook, nextAttemptAt } from './webhook.ts';

export interface DeliveriesDeps {
  store: NotificationsStore;
  workQueue: WorkQueue;
  post: Post;
  clock: () => Date;
  log: Log;
  measure: DeliveryMetrics;
}

export interface Deliveries extends Part {
  /** Call it after a commit that made a delivery due. */
  wake(): void;
}

const QUEUE = 'webhooks';
const BATCH = 50;
const POLL_MS = 500;
/** Longer than attempts wait in the queue behind a slow partner, as a rule. */
const LOST_MS = 15 * 60_000;
const WORKERS = 64;
const PER_PARTNER = 4;
const LEASE_MS = 20_000;
/** Those whose worker died or whose database was away: the row counts the others. It is never given up here. */
const QUEUE_ATTEMPTS = 1_000_000;

export function createDeliveries(deps: DeliveriesDeps): Deliveries {
  const { store, workQueue, clock, log } = deps;
  const relay = createLoop({
    name: 'webhook deliveries',
    intervalMs: POLL_MS,
    log,
    // #region delivery-outbox
    // The row of a delivery is committed with the inbox's record of its event, so it is its own outbox. Death
    // before the commit here: the rows are not marked, and are sent again; attempts that are in the queue
    // twice name their number, and the second finds that it was made. So what the queue itself has lost, as a
    // server that is killed can lose a queue that it made a moment ago, is simply sent again after a while.
    runOnce: () =>
      store.transaction(async (tx) => {
        const now = clock();
        const lostBefore = new Date(now.getTime() - LOST_MS);
        const due = await tx.takeDueDeliveries({ now, lostBefore }, BATCH);
        await Promise.all(
          due.map(({ id, attempts, partnerId }) =>
            workQueue.send(
              QUEUE,
              { headers: {}, value: JSON.stringify({ id, attempt: attempts + 1 }) },
              { key: partnerId },
            ),
          ),
        );
        return due.length === BATCH;
      }),
    // #endregion
  });
  const worker = workQueue.work(QUEUE, {
    concurrency: WORKERS,
    perKey: PER_PARTNER,
    leaseMs: LEASE_MS,
    attempts: QUEUE_ATTEMPTS,
    backoff: { firstMs: 500, maxMs: 30_000 },
    handle: (message, signal) => attempt(deps, JSON.parse(message.value) as Attempt, signal),
  });

  return {
    wake: relay.wake,
    start() {
      worker.start();
      relay.start();
    },
    async stop() {
      await Promise.all([relay.stop(), worker.stop()]);
    },
  };
}

/** How long a partner can see a delivery after its last attempt. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

export function createDeliveryPruning(deps: Pick<DeliveriesDeps, 'store' | 'clock' | 'log'>): Part {
  const { store, clock, log } = deps;
  return createPruning({
    name: 'deliveries',
    keptMs: KEPT_MS,
    deleteOlder: store.deleteEnded,
    clock,
    log,
  });
}

interface Attempt {
  id: string;
  attempt: number;
}

/** Makes the attempt unless it was made before; a death between the answer and its record makes it twice. */
async function attempt(deps: DeliveriesDeps, work: Attempt, signal: AbortSignal): Promise<void> {
  const { store, post, clock, log, measure } = deps;
  const delivery = await store.findDeliveryToPost(work.id, work.attempt - 1);
  if (delivery === undefined) return;
  const { webhookId, partnerId, url } = delivery;
  const began = performance.now();
  const status = await post(delivery, signal).catch((error: unknown) => {
    log.info({ err: error, deliveryId: work.id }, 'no answer from a webhook');
    return null;
  });
  const seconds = (performance.now() - began) / 1000;
  const isDelivered = status !== null && status >= 200 && status < 300;
  // 410 is how a partner says that the address is gone for good (Standard Webhooks).
  const isGone = status === 410;
  const now = clock();
  const next = isDelivered || isGone ? null : nextAttemptAt(work.attempt, now);
  const state = isDelivered ? 'delivered' : next === null ? 'failed' : 'pending';
  const outcome = { state, lastStatus: status, nextAttemptAt: next, now } as const;
  const { isFirst, abandoned } = await store.transaction(async (tx) => {
    // Before the delivery is locked, as a change of the webhook does it too.
    const webhook = isGone ? await tx.findWebhookForUpdate(partnerId, webhookId) : undefined;
    const saved = await tx.saveAttempt(work, outcome);
    // Unless it has another address by now.
    if (webhook?.url !== url) return { isFirst: saved, abandoned: 0 };
    await tx.saveWebhook(changeWebhook(webhook, { active: false }, now));
    return { isFirst: saved, abandoned: await tx.failDeliveries(webhookId) };
  });
  if (isFirst) measure.attempted(state === 'pending' ? 'retried' : state, seconds);
  measure.abandoned(abandoned);
}
