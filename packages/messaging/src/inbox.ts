/**
 * The inbox hands events to a service's use cases so that each takes effect once: the event's id and the
 * effect are one transaction, and an id that is already there means that the effect is too. What cannot be
 * handled goes to the dead letters with its reason, so that one bad event does not stop those behind it.
 */
import type { EventContract, EventData } from '@waymark/contracts/define-event.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import type { Part } from '@waymark/lifecycle/app.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import { runInContext } from '@waymark/telemetry/context.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { inSpan } from '@waymark/telemetry/span.ts';
import type { Generated, Kysely, Transaction } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { Value } from 'typebox/value';
import { addDeadLetter, redriveMarked, type DeadLetterTable } from './dead-letters.ts';
import { fromRecord, type Event } from './event.ts';
import type { EventLog, StoredRecord } from './event-log.ts';
import { measureInbox } from './inbox-metrics.ts';

/** The tables of sql/inbox.sql; the schema of a service that handles events extends it. */
export interface InboxTables {
  inbox: { event_id: string; handled_at: Generated<Date> };
  dead_letters: DeadLetterTable;
}

export interface Handler<Schema> {
  contract: EventContract;
  handle(tx: Transaction<Schema>, data: unknown, event: Event): Promise<void>;
}

/** One row of a service's table of handlers. `use` runs inside the transaction that also records the event's id. */
export function on<Schema, Contract extends EventContract>(
  contract: Contract,
  use: (tx: Transaction<Schema>, data: EventData<Contract>, event: Event) => Promise<void>,
): Handler<Schema> {
  return {
    contract,
    handle(tx, data, event) {
      if (!Value.Check(contract.data, data)) {
        const [first] = Value.Errors(contract.data, data);
        throw new PoisonError(
          `data${first?.instancePath ?? ''} ${first?.message ?? 'does not match the schema'}`,
        );
      }
      return use(tx, data as EventData<Contract>, event);
    },
  };
}

/** Thrown for an event that no attempt will ever handle. */
export class PoisonError extends Error {}

export interface InboxOptions<Schema extends InboxTables> {
  eventLog: EventLog;
  group: string;
  db: Kysely<Schema>;
  handlers: Handler<Schema>[];
  /** Called after a transaction that may have added to the outbox. */
  committed(): void;
  log: Log;
  metrics: Metrics;
}

const ATTEMPTS = 5;
const REDRIVE_POLL_MS = 2000;

export function createInbox<Schema extends InboxTables>(
  options: InboxOptions<Schema>,
): Part & {
  /** Handles one record as the subscription would; tests start here. */
  receive(record: StoredRecord): Promise<void>;
} {
  const { eventLog, group, handlers, log, metrics } = options;
  // The generic schema includes the inbox's tables, which TypeScript cannot see through Kysely's types.
  const db = options.db as unknown as Kysely<InboxTables>;
  const byType = new Map(handlers.map((handler) => [handler.contract.type, handler]));
  const topics = [...new Set(handlers.map((handler) => handler.contract.topic))];
  const measure = measureInbox({ metrics, eventLog, group, topics });
  const subscription = eventLog.subscribe({ group, topics, handle: receive });
  const redrives = createLoop({
    name: 'redrive',
    intervalMs: REDRIVE_POLL_MS,
    log,
    runOnce: async () => (await redriveMarked(db, receive)) > 0,
  });

  async function receive(record: StoredRecord): Promise<void> {
    const type = record.headers.ce_type;
    const handler = type === undefined ? undefined : byType.get(type);
    if (type !== undefined && handler === undefined) return;
    const name = type ?? 'unknown';
    for (let attempt = 1; ; attempt += 1) {
      try {
        await takeEffect(record, handler);
        options.committed();
        measure.handled(name);
        return;
      } catch (error) {
        measure.failed(name);
        // #region retry-or-dead-letter
        // An outage is not the event's fault: the partition waits, however long it lasts, and nothing is lost.
        // Anything else gets a few attempts with pauses, and then makes room for the events behind it.
        if (isUnavailable(error) && !isSlowStatement(error)) throw error;
        if (attempt === ATTEMPTS || error instanceof PoisonError || error instanceof SyntaxError) {
          await addDeadLetter(db, record, { reason: reasonOf(error), attempts: attempt });
          measure.deadLettered(name);
          log.error(
            { err: error, type, subject: record.key, attempt },
            'event moved to the dead letters',
          );
          return;
        }
        await sleep(backoffMs(attempt, { firstMs: 50, maxMs: 1000 }));
        // #endregion
      }
    }
  }

  async function takeEffect(
    record: StoredRecord,
    handler: Handler<Schema> | undefined,
  ): Promise<void> {
    const event = parse(record);
    if (handler === undefined)
      throw new PoisonError('not a CloudEvent: the header ce_type is missing');
    const context = {
      traceparent: event.traceparent,
      correlationId: event.correlationId,
      causationId: event.id,
    };
    const attributes = {
      'messaging.destination.name': record.topic,
      'messaging.message.id': event.id,
    };
    const transact = () =>
      db.transaction().execute(async (tx) => {
        // #region inbox-same-transaction
        // Two members that hold the same event for a moment meet here: the second insert waits for the first
        // transaction to end, and then finds the id. A separate check before the effect would let both through.
        const first = await tx
          .insertInto('inbox')
          .values({ event_id: event.id })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (first.numInsertedOrUpdatedRows === 0n) return;
        await handler.handle(tx as unknown as Transaction<Schema>, event.data, event);
        // #endregion
      });
    await runInContext(context, () =>
      inSpan(`handle ${event.type}`, { kind: 'consumer', attributes }, transact),
    );
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

/** A statement that takes too long may do so for this event alone; were it the database, the next attempt would tell. */
function isSlowStatement(error: unknown): boolean {
  return (error as { code?: unknown }).code === '57014';
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
