/**
 * The transactions in which events take effect. Each holds the events' ids and their effects, all of it or
 * nothing, and as many events as were waiting for it.
 */
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { combine } from '@waymark/lifecycle/combine.ts';
import { createPace } from '@waymark/lifecycle/pace.ts';
import { inSpan } from '@waymark/telemetry/span.ts';
import { sql, type Kysely, type Transaction } from 'kysely';
import { causedBy, type Event } from './event.ts';
import { TOGETHER, TURNS, type StoredRecord } from './event-log.ts';
import type { Handler, InboxTables } from './handler.ts';

export interface Effect<Schema> {
  event: Event;
  handler: Handler<Schema>;
  record: StoredRecord;
}

/** How many of the effects, from the first on, are there now, and why the next is not. */
export interface Outcome {
  taken: number;
  error?: Error;
}

/**
 * Runs before the effects, in their transaction, with the events that it is about. Effects that lock rows
 * shared by many keys must take all their locks here, in one order: two transactions of many events would
 * otherwise each hold a row that the other waits for.
 */
export type Prepare<Schema> = (tx: Transaction<Schema>, events: Event[]) => Promise<void>;

/** Takes the effects of one partition's events, together with those of others if they must wait anyway. */
export function createEffects<Schema>(
  db: Kysely<InboxTables>,
  prepare?: Prepare<Schema>,
): (effects: Effect<Schema>[]) => Promise<Outcome> {
  // #region one-transaction-for-many
  // A transaction costs more than most effects, so events that wait share one: what arrives while a transaction runs,
  // or before the next turn, goes together in the next. Where one fails, all are undone, and each is tried alone to
  // find which it was; those behind it in its partition wait for what becomes of it.
  return combine(
    async (partitions: Effect<Schema>[][]) => {
      const all = partitions.flat();
      const error = await failureOf(transact(db, all, prepare));
      if (error === undefined) return partitions.map(({ length }) => ({ taken: length }));
      if (all.length === 1 || isAway(error)) return partitions.map(() => ({ taken: 0, error }));
      const outcomes: Outcome[] = [];
      for (const effects of partitions) {
        const last = outcomes.at(-1);
        outcomes.push(
          isAway(last?.error) ? { ...last, taken: 0 } : await takeEachAlone(db, effects, prepare),
        );
      }
      return outcomes;
    },
    { limit: TOGETHER, sizeOf: ({ length }) => length, pace: createPace(TURNS) },
  );
  // #endregion
}

async function takeEachAlone<Schema>(
  db: Kysely<InboxTables>,
  effects: Effect<Schema>[],
  prepare: Prepare<Schema> | undefined,
): Promise<Outcome> {
  for (const [taken, effect] of effects.entries()) {
    const error = await failureOf(transact(db, [effect], prepare));
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
async function transact<Schema>(
  db: Kysely<InboxTables>,
  effects: Effect<Schema>[],
  prepare: Prepare<Schema> | undefined,
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
    const ofService = tx as unknown as Transaction<Schema>;
    await prepare?.(
      ofService,
      fresh.map(({ event }) => event),
    );
    for (const effect of fresh) await use(ofService, effect);
    // #endregion
  });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function use<Schema>(
  tx: Transaction<Schema>,
  { event, handler, record }: Effect<Schema>,
): Promise<void> {
  const attributes = {
    'messaging.destination.name': record.topic,
    'messaging.message.id': event.id,
  };
  return causedBy(event, () =>
    inSpan(`handle ${event.type}`, { kind: 'consumer', attributes }, () =>
      handler.handle(tx, event.data, event),
    ),
  );
}

async function failureOf(work: Promise<void>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
