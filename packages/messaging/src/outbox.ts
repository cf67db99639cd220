/**
 * The outbox: events stored in the same transaction as the change that they tell of, published afterwards by
 * the relay. SQL only; relay.ts says when.
 */
import type { Executor } from '@waymark/database/connect.ts';
import { sql, type Generated, type RawBuilder } from 'kysely';
import { toRecord, type OutgoingEvent } from './event.ts';
import type { LogRecord } from './event-log.ts';

/** The table of sql/outbox.sql; the schema of a service that publishes events extends it. */
export interface OutboxTables {
  outbox: {
    seq: Generated<number>;
    topic: string;
    key: string;
    headers: unknown;
    value: string;
    created_at: Generated<Date>;
  };
}

/** Call it with the transaction that makes the change; `source` is the service's name. */
export async function addToOutbox(
  tx: Executor<OutboxTables>,
  source: string,
  events: OutgoingEvent[],
): Promise<void> {
  if (events.length > 0) await insertRows(toRows(source, events)).execute(tx);
}

/** Made in the context of what caused the events: for a service that adds them in another, or in a statement of its own. */
export function toRows(source: string, events: OutgoingEvent[]): LogRecord[] {
  return events.map((event) => toRecord(event, source));
}

/** A statement, to be the part of one that also makes the change: each trip to the server costs more than its work. */
export function insertRows(rows: LogRecord[]): RawBuilder<unknown> {
  return sql`insert into outbox (topic, key, headers, value) select event.*
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as event (topic text, key text, headers jsonb, value text)`;
}

export interface OutboxRow extends LogRecord {
  seq: number;
}

/** How many events are not yet published, counted up to 10,000: beyond that only the trend matters. */
export async function outboxSize(db: Executor<OutboxTables>): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select count(*) as size from (select 1 from outbox limit 10000) counted`.execute(db);
  return rows[0]?.size ?? 0;
}

/** How long the oldest event that is not yet published has waited, in seconds. */
export async function outboxAgeSeconds(db: Executor<OutboxTables>): Promise<number> {
  const { rows } = await sql<{ age: number }>`
    select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age from outbox`.execute(
    db,
  );
  return rows[0]?.age ?? 0;
}
