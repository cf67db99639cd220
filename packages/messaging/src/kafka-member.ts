/**
 * What a member of a Kafka group knows of its membership: what it has handled and not yet committed, when it heard
 * from the group last, and whether its partitions are still its own. An offset is committed by kafkajs under the
 * generation that it has now, so what was handled under an older one is forgotten, never committed.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import type { EachBatchPayload, TopicOffsets } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SubscribeOptions } from './event-log.ts';
import { errorNames } from './kafka-client.ts';
import type { Outage } from './kafka-outage.ts';

export const SESSION_MS = 6000;
const LOST_MEMBERSHIP = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];

interface Position {
  topic: string;
  partition: number;
  offset: number;
}

export type Member = ReturnType<typeof createMember>;
type Commit = EachBatchPayload['commitOffsetsIfNecessary'];

export function createMember(options: SubscribeOptions & { log: Log }, outage: Outage) {
  const work = new Set<Promise<void>>();
  const uncommitted = new Map<string, Position>();
  const broken = Promise.withResolvers<never>();
  let generation = new AbortController();
  let heardSinceLeft = 0;
  const onJoined: (() => void)[] = [];
  let sendCommit: Commit | undefined;
  let committing: Promise<void> = Promise.resolve();

  async function commitHandled(): Promise<void> {
    if (sendCommit === undefined || uncommitted.size === 0) return;
    const { signal } = generation;
    const positions = [...uncommitted];
    uncommitted.clear();
    try {
      await sendCommit({ topics: toOffsets(positions.map(([, position]) => position)) });
    } catch (error) {
      options.log.debug({ err: error, group: options.group }, 'offsets not committed');
      if (signal !== generation.signal) return;
      if (errorNames(error).some((name) => LOST_MEMBERSHIP.includes(name))) generation.abort();
      else
        for (const [place, position] of positions)
          if (!uncommitted.has(place)) uncommitted.set(place, position);
    }
  }

  return {
    options,
    /** Rejects when something went wrong that only a new member can mend. */
    broken: broken.promise,
    break: broken.reject,

    /** Aborted when the partitions are no longer this member's: what is in hand is finished, nothing is begun. */
    leaving: () => generation.signal,
    revoke() {
      generation.abort();
    },
    /** Call it for each heartbeat that the group takes. */
    heard() {
      // #region given-up-and-kept
      // A coordinator that is about to end says that it is none any more, and the partitions are given up. Where the
      // connection is gone before the member has joined again, kafkajs goes on as the member that it was, and the group
      // agrees: no join will ever take them up. One heartbeat may come while a join is under way; a second tells.
      if (generation.signal.aborted) heardSinceLeft += 1;
      if (heardSinceLeft > 1) broken.reject(new Error('the group kept a member that had left'));
      // #endregion
    },
    joined() {
      heardSinceLeft = 0;
      generation.abort();
      uncommitted.clear();
      generation = new AbortController();
      for (const call of onJoined.splice(0)) call();
    },
    onJoined(call: () => void) {
      onJoined.push(call);
    },

    /** A member that the group cannot hear is expelled after the session's time-out: others have its partitions. */
    async untilHeard(leaving: AbortSignal): Promise<void> {
      while (outage.silentMs() > SESSION_MS && !leaving.aborted) await pause(100, leaving);
    },

    inHand(promise: Promise<void>) {
      const tracked = promise.catch(broken.reject).finally(() => work.delete(tracked));
      work.add(tracked);
    },
    async untilDone(): Promise<void> {
      await Promise.all(work);
    },

    handled(position: Position, leaving: AbortSignal) {
      if (leaving !== generation.signal) return;
      uncommitted.set(`${position.topic}/${String(position.partition)}`, position);
    },
    commitWith(commit: Commit) {
      sendCommit = commit;
    },
    /** Commits what was handled since the last time; what cannot be committed now stays for the next. */
    commit(): Promise<void> {
      committing = committing.then(commitHandled);
      return committing;
    },
  };
}

function toOffsets(positions: Position[]): TopicOffsets[] {
  return [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
  }));
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
