/**
 * The transactions in which events take effect. Each holds the events' ids and their effects, all of it or
 * nothing, and as many events as were waiting for it.
 */
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { combine } from '@waymark/lifecycle/combine.ts';
import { createPace } from '@waymark/lifecycle/pace.ts';
import { startSpan } from '@waymark/telemetry/span.ts';
import { sql, type Kysely, type Transaction } from 'kysely';
import { causedBy, type Event } from './event.ts';
import { REST, TOGETHER, type StoredRecord } from './event-log.ts';
import type { Handler, InboxTables } from './handler.ts';

export interface Effect<Work> {
  event: Event;
  handler: Handler<Work>;
  record: StoredRecord;
}

/** How many of the effects, from the first on, are there now, and why the next is not. */
export interface Outcome {
  taken: number;
  error?: Error;
}

/** What the handlers of one transaction's events share, and change. */
export interface Shared {
  /** Writes what they have changed, once for all of them. */
  save(): Promise<void>;
}

/**
 * Reads what the handlers of these events will look at, once for all of them. Locks on rows that many keys share are
 * taken here, all in one order: two transactions of many events would otherwise each hold a row that the other
 * waits for.
 */
export type Open<Schema, Work extends Shared> = (
  tx: Transaction<Schema>,
  events: Event[],
) => Promise<Work>;

/** Takes the effects of one partition's events, together with those of others if they must wait anyway. */
export function createEffects<Schema, Work extends Shared>(
  db: Kysely<InboxTables>,
  open: Open<Schema, Work>,
): (effects: Effect<Work>[]) => Promise<Outcome> {
  // #region one-transaction-for-many
  // A transaction costs more than most effects, so events that wait share one: what arrives while a transaction runs,
  // or before the next turn, goes together in the next. Where one fails, all are undone, and each is tried alone to
  // find which it was; those behind it in its partition wait for what becomes of it.
  return combine(
    async (partitions: Effect<Work>[][]) => {
      const all = partitions.flat();
      const error = await failureOf(transact(db, all, open));
      if (error === undefined) return partitions.map(({ length }) => ({ taken: length }));
      if (all.length === 1 || isAway(error)) return partitions.map(() => ({ taken: 0, error }));
      const outcomes: Outcome[] = [];
      for (const effects of partitions) {
        const last = outcomes.at(-1);
        outcomes.push(
          isAway(last?.error) ? { ...last, taken: 0 } : await takeEachAlone(db, effects, open),
        );
      }
      return outcomes;
    },
    { limit: TOGETHER, sizeOf: ({ length }) => length, pace: createPace(REST) },
  );
  // #endregion
}

async function takeEachAlone<Schema, Work extends Shared>(
  db: Kysely<InboxTables>,
  effects: Effect<Work>[],
  open: Open<Schema, Work>,
): Promise<Outcome> {
  for (const [taken, effect] of effects.entries()) {
    const error = await failureOf(transact(db, [effect], open));
    if (error !== undefined) return { taken, error };
  }
  return { taken: effects.length };
}

/** The database, not the event. A statement that takes too long may do so for this event alone; were it the
 *  database, the next attempt would tell. */
export function isAway(error: unknown): boolean {
  return isUnavailable(error) && (error as { code?: unknown }).code !== '57014';
}

/** Records the events' ids and, of those that are new, takes the effects, all or none. */
async function transact<Schema, Work extends Shared>(
  db: Kysely<InboxTables>,
  effects: Effect<Work>[],
  open: Open<Schema, Work>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // #region inbox-same-transaction
    // Two members that hold the same event for a moment meet here: the second insert waits for the first
    // transaction to end, and then finds the id. A separate check before the effect would let both through.
    // Ids and effects are taken in an order that all members share, so that no two wait for each other; events
    // of one subject keep the order in which they came.
    const ids = effects.map(({ event }) => event.id).sort();
    const { rows } = await sql<{ event_id: string }>`
      insert into inbox (event_id) select unnest(${ids}::text[])
      on conflict do nothing returning event_id`.execute(tx);
    const unseen = new Set(rows.map((row) => row.event_id));
    const fresh = effects
      .filter(({ event }) => unseen.delete(event.id))
      .sort((one, other) => compare(one.event.subject, other.event.subject));
    await use(tx as unknown as Transaction<Schema>, fresh, open);
    // #endregion
  });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Each event has a span while its effect takes place; the statements that they share are in that of the first. */
async function use<Schema, Work extends Shared>(
  tx: Transaction<Schema>,
  effects: Effect<Work>[],
  open: Open<Schema, Work>,
): Promise<void> {
  const started = effects.map(startHandling);
  const [first] = started;
  if (first === undefined) return;
  const events = started.map(({ event }) => event);
  const error = await failureOf(
    causedBy(first.event, async () => {
      const work = await open(tx, events);
      for (const { event, handler } of started)
        await causedBy(event, () => handler.handle(work, event.data, event));
      await work.save();
    }),
  );
  // Of several, only one may be at fault, which its next attempt, alone, will tell.
  const isOfAll = started.length === 1 || isAway(error);
  for (const { span } of started) span?.end(isOfAll ? error : undefined);
  if (error !== undefined) throw error;
}

/** What its handler causes is in the span. */
function startHandling<Work>({ event, handler, record }: Effect<Work>) {
  const attributes = {
    'messaging.destination.name': record.topic,
    'messaging.message.id': event.id,
  };
  const span = causedBy(event, () =>
    startSpan(`handle ${event.type}`, { kind: 'consumer', attributes }),
  );
  return {
    handler,
    span,
    event: { ...event, traceparent: span?.traceparent ?? event.traceparent },
  };
}

async function failureOf(work: Promise<void>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
