/**
 * The partitions that one member of a group holds. kafkajs fetches again only when all that it handed over is
 * handled, so one slow partition would stop the others. Here a partition that has records in hand is paused and
 * worked on beside kafkajs, whose loop goes on with the others and with its heartbeats.
 */
import type { Batch, EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredRecord } from './event-log.ts';
import { handOver } from './hand-over.ts';
import { pause, type Member } from './kafka-member.ts';

/**
 * How long kafkajs waits for a batch before it fetches for the others. Without it the next fetch would leave the
 * partition out, and a record behind a quick one would wait for `maxWaitTimeInMs` more.
 */
const PATIENCE_MS = 50;

/** Begins to work on what kafkajs fetched of one partition. */
export async function takeBatch(member: Member, payload: EachBatchPayload): Promise<void> {
  const { batch } = payload;
  const resume = payload.pause();
  member.commitWith(payload.commitOffsetsIfNecessary);
  const leaving = member.leaving();
  if (leaving.aborted) {
    member.onJoined(resume);
    return;
  }
  const work = handleInOrder(member, batch, leaving).then((next) => {
    // After a rebalance kafkajs knows the partition anew, or not at all.
    if (next !== undefined && !leaving.aborted) payload.resolveOffset(String(next - 1));
    resume();
  });
  member.inHand(work);
  await Promise.race([work, sleep(PATIENCE_MS)]);
}

/** Returns the offset to go on with, or undefined where nothing of the batch was handled. */
async function handleInOrder(
  member: Member,
  batch: Batch,
  leaving: AbortSignal,
): Promise<number | undefined> {
  const { topic, partition, messages } = batch;
  let next: number | undefined;
  const handled = (offset: number) => {
    next = offset;
    member.handled({ topic, partition, offset }, leaving);
  };
  const records = messages.flatMap((message) => toRecord(member, batch, message) ?? []);
  const turn = {
    async mayBegin() {
      await member.untilHeard(leaving);
      return !leaving.aborted;
    },
    pause: (ms: number) => pause(ms, leaving),
    handled,
  };
  // What was left out at the end of the batch counts as handled, too.
  if (await handOver(member.options, records, turn)) handled(Number(messages.at(-1)?.offset) + 1);
  return next;
}

/** Undefined for a tombstone: the port knows no deletion, and a handler could make nothing of it. */
function toRecord(
  { options }: Member,
  { topic, partition }: Batch,
  { key, value, headers, offset }: KafkaMessage,
): StoredRecord | undefined {
  if (value === null) {
    options.log.warn({ topic, partition, offset }, 'record without a value left out');
    return undefined;
  }
  return {
    topic,
    partition,
    offset: Number(offset),
    key: key?.toString() ?? '',
    headers: toText(headers ?? {}),
    value: value.toString(),
  };
}

/** The last one where a header is there more than once. */
function toText(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String([value].flat().at(-1) ?? '')]),
  );
}
