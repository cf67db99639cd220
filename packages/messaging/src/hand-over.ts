/** How an adapter of the EventLog hands the records of one partition to the handler, and when it hands them again. */
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { TOGETHER, type StoredRecord, type SubscribeOptions } from './event-log.ts';

export interface Turn {
  /** Whether the partition is still the member's own; asked before anything is begun, and begun again. */
  mayBegin(): boolean | Promise<boolean>;
  pause(ms: number): Promise<unknown>;
  /** `next` is the offset behind what was handled. */
  handled(next: number): void;
}

/** Hands over what was fetched of one partition, in order; false where the member had to leave before the end. */
export async function handOver(
  options: SubscribeOptions & { log: Log },
  fetched: StoredRecord[],
  turn: Turn,
): Promise<boolean> {
  for (let at = 0; at < fetched.length; at += TOGETHER) {
    const records = fetched.slice(at, at + TOGETHER);
    if (!(await untilHandled(options, records, turn))) return false;
    turn.handled(Number(records.at(-1)?.offset) + 1);
  }
  return true;
}

/** Brings the records again and again, with growing pauses. */
async function untilHandled(
  { handle, log }: SubscribeOptions & { log: Log },
  records: StoredRecord[],
  { mayBegin, pause }: Turn,
): Promise<boolean> {
  for (let failures = 1; await mayBegin(); failures += 1) {
    try {
      await handle(records);
      return true;
    } catch (error) {
      const { topic, partition, offset } = records[0] ?? {};
      log.warn(
        { err: error, topic, partition, offset, failures },
        'records not handled, their partition waits',
      );
      await pause(backoffMs(failures, { firstMs: 100, maxMs: 2000 }));
    }
  }
  return false;
}
