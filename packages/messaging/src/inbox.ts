/**
 * The inbox hands events to a service's use cases so that each takes effect once: the event's id and the
 * effect are one transaction, and an id that is already there means that the effect is too. What cannot be
 * handled goes to the dead letters with its reason, so that one bad event does not stop those behind it.
 */
import type { Part } from '@waymark/lifecycle/app.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { addDeadLetter, redriveMarked } from './dead-letters.ts';
import { fromRecord, type Event } from './event.ts';
import type { EventLog, StoredRecord } from './event-log.ts';
import { checkData, PoisonError, type Handler, type InboxTables } from './handler.ts';
import { createEffects, isAway, type Effect, type Open, type Shared } from './inbox-effects.ts';
import { measureInbox, UNKNOWN } from './inbox-metrics.ts';

export interface InboxOptions<Schema extends InboxTables, Work extends Shared> {
  eventLog: EventLog;
  group: string;
  db: Kysely<Schema>;
  handlers: Handler<Work>[];
  open: Open<Schema, Work>;
  /** Called after a transaction that may have added to the outbox. */
  committed(): void;
  log: Log;
  metrics: Metrics;
}

const ATTEMPTS = 5;
const REDRIVE_POLL_MS = 2000;

export function createInbox<Schema extends InboxTables, Work extends Shared>(
  options: InboxOptions<Schema, Work>,
): Part & {
  /** Handles records of one partition as the subscription would; tests start here. */
  receive(...records: StoredRecord[]): Promise<void>;
} {
  const { eventLog, group, handlers, log, metrics } = options;
  // The generic schema includes the inbox's tables, which TypeScript cannot see through Kysely's types.
  const db = options.db as unknown as Kysely<InboxTables>;
  const byType = new Map(handlers.map((handler) => [handler.contract.type, handler]));
  const topics = [...new Set(handlers.map((handler) => handler.contract.topic))];
  const takeEffects = createEffects(db, options.open);
  const types = [...byType.keys()];
  const measure = measureInbox({ metrics, eventLog, group, topics, types });
  const subscription = eventLog.subscribe({
    group,
    topics,
    handle: (records) => receive(...records),
  });
  const redrives = createLoop({
    name: 'redrive',
    intervalMs: REDRIVE_POLL_MS,
    log,
    runOnce: async () => (await redriveMarked(db, receive)) > 0,
  });

  /** Rejects where the database is away: then all must come again, and those whose effect is there are dropped. */
  async function receive(...records: StoredRecord[]): Promise<void> {
    const effects: Effect<Work>[] = [];
    for (const record of records) {
      try {
        const effect = toEffect(record);
        if (effect !== undefined) effects.push(effect);
      } catch (error) {
        measure.failed(record.headers.ce_type ?? UNKNOWN);
        await giveUp(record, error, 1);
      }
    }
    let attempt = 1;
    while (effects.length > 0) {
      // What failed is tried again without those behind it, which would be undone with it.
      const { taken, error } = await takeEffects(
        attempt === 1 ? [...effects] : effects.slice(0, 1),
      );
      for (const { event } of effects.splice(0, taken)) measure.handled(event.type);
      if (taken > 0) {
        options.committed();
        attempt = 1;
      }
      const [failed] = effects;
      if (error === undefined || failed === undefined) continue;
      measure.failed(failed.event.type);
      // #region retry-or-dead-letter
      // An outage is not the event's fault: the partition waits, however long it lasts, and nothing is lost.
      // Anything else gets a few attempts with pauses, and then makes room for the events behind it.
      if (isAway(error)) throw error;
      if (attempt === ATTEMPTS || error instanceof PoisonError || error instanceof SyntaxError) {
        await giveUp(failed.record, error, attempt);
        effects.shift();
        attempt = 1;
      } else {
        await sleep(backoffMs(attempt, { firstMs: 50, maxMs: 1000 }));
        attempt += 1;
      }
      // #endregion
    }
  }

  async function giveUp(record: StoredRecord, error: unknown, attempt: number): Promise<void> {
    const type = record.headers.ce_type;
    await addDeadLetter(db, record, { reason: reasonOf(error), attempts: attempt });
    measure.deadLettered(type ?? UNKNOWN);
    log.error(
      { err: error, type, subject: record.key, attempt },
      'event moved to the dead letters',
    );
  }

  /** Undefined for an event that nothing here handles; throws `PoisonError` for one that nothing ever will. */
  function toEffect(record: StoredRecord): Effect<Work> | undefined {
    const type = record.headers.ce_type;
    const handler = type === undefined ? undefined : byType.get(type);
    if (type !== undefined && handler === undefined) return undefined;
    const event = parse(record);
    if (handler === undefined)
      throw new PoisonError('not a CloudEvent: the header ce_type is missing');
    checkData(handler.contract, event.data);
    return { event, handler, record };
  }

  return {
    receive,
    start() {
      subscription.start();
      redrives.start();
    },
    async stop() {
      await Promise.all([subscription.stop(), redrives.stop()]);
    },
  };
}

function parse(record: StoredRecord): Event {
  try {
    return fromRecord(record);
  } catch (error) {
    throw new PoisonError(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
