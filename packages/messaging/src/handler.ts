/** One row of a service's table of handlers: an event's contract beside the use case that it leads to. */
import type { EventContract, EventData } from '@waymark/contracts/define-event.ts';
import type { Generated } from 'kysely';
import { Value } from 'typebox/value';
import type { DeadLetterTable } from './dead-letters.ts';
import type { Event } from './event.ts';

/** The tables of sql/inbox.sql; the schema of a service that handles events extends it. */
export interface InboxTables {
  inbox: { event_id: string; handled_at: Generated<Date> };
  dead_letters: DeadLetterTable;
}

export interface Handler<Work> {
  contract: EventContract;
  /** Its data is checked before. */
  handle(work: Work, data: unknown, event: Event): void | Promise<void>;
}

/** One row of a service's table of handlers. `use` runs inside the transaction that also records the event's id. */
export function on<Work, Contract extends EventContract>(
  contract: Contract,
  use: (work: Work, data: EventData<Contract>, event: Event) => void | Promise<void>,
): Handler<Work> {
  return {
    contract,
    handle: (work, data, event) => use(work, data as EventData<Contract>, event),
  };
}

/** Throws PoisonError for data that its contract does not allow. */
export function checkData({ data: schema }: EventContract, data: unknown): void {
  if (Value.Check(schema, data)) return;
  const [first] = Value.Errors(schema, data);
  const place = `data${first?.instancePath ?? ''}`;
  throw new PoisonError(`${place} ${first?.message ?? 'does not match the schema'}`);
}

/** Thrown for an event that no attempt will ever handle. */
export class PoisonError extends Error {}
