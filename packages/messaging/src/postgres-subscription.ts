/**
 * One member of a consumer group on the Postgres event log. It holds a single connection, and everything that
 * makes it a member hangs on it: its partitions are session advisory locks (postgres-claims.ts), the members of
 * a group are counted by their connections, and offsets are committed on it. So when the process dies, or
 * freezes past the idle time-out, the server frees its partitions, and a member that lost them cannot commit an
 * offset any more.
 */
import { createSession, type Session } from '@waymark/database/session.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredRecord, SubscribeOptions, Subscription } from './event-log.ts';
import { handOver } from './hand-over.ts';
import {
  balance,
  claimName,
  groupName,
  notifyGroup,
  recordChannel,
  release,
  type Claim,
  type Claims,
} from './postgres-claims.ts';

/** Records of one partition that are fetched at once. */
const BATCH = 100;
/** How often a member looks after its share and polls for records whose notification was lost. */
const TICK_MS = 1000;
const FROZEN_MS = 10_000;

interface Options extends SubscribeOptions {
  url: string;
  log: Log;
}

/** What makes a process a member of the group, for as long as its connection lasts. */
interface Member {
  options: Options;
  session: Session;
  /** Aborted when it stops, and when the connection is lost. */
  leaving: AbortSignal;
}

export function subscribe(options: Options): Subscription {
  return createSession({
    url: options.url,
    applicationName: groupName(options.group),
    channels: [...options.topics.map(recordChannel), groupName(options.group)],
    log: options.log,
    idleTimeoutMs: FROZEN_MS,
    body: (session, signal) => beMember(options, session, signal),
  });
}

async function beMember(options: Options, session: Session, signal: AbortSignal): Promise<void> {
  const claims: Claims = new Map();
  const leaving = new AbortController();
  // By the signal itself: a turn that is under way when it comes may last longer than the record in hand.
  const member = { options, session, leaving: AbortSignal.any([signal, leaving.signal]) };
  // Work on a lost connection must end before the same partitions are claimed again on the next.
  try {
    await session.query('set synchronous_commit = off');
    await notifyGroup(member);
    await serve(member, claims, signal);
  } finally {
    leaving.abort();
    await Promise.all([...claims.values()].map(async (claim) => claim.work));
  }
  for (const claim of claims.values()) claim.releasing = true;
  await commitAndFetch(member, claims);
  // Members are counted by the name of their connection, which is still there when the others look.
  await session.query(`select pg_advisory_unlock_all(), set_config('application_name', '', false)`);
  await notifyGroup(member);
}

/** One turn commits and fetches for all partitions together: one query, however many of them are busy. */
async function serve(member: Member, claims: Claims, signal: AbortSignal): Promise<void> {
  const { options, session } = member;
  let lastTick = -Infinity;
  while (!signal.aborted) {
    if (performance.now() - lastTick >= TICK_MS) {
      await balance(member, claims);
      for (const claim of claims.values()) claim.dirty = true;
      lastTick = performance.now();
    }
    await commitAndFetch(member, claims);
    await release(member, claims);
    await session.wait(TICK_MS);
    for (const { channel, payload } of session.takeNotifications()) {
      if (channel === groupName(options.group)) lastTick = -Infinity;
      for (const partition of (payload ?? '').split(',')) {
        const claim = claims.get(claimName(channel, partition));
        if (claim !== undefined) claim.dirty = true;
      }
    }
  }
}

/**
 * Commits what was handled since the last time, never anything else, and fetches for the partitions that have no
 * record in hand; what comes next in the others begins after theirs.
 */
async function commitAndFetch(member: Member, claims: Claims): Promise<void> {
  const { options, session } = member;
  const held = [...claims.values()];
  const idle = held.filter(({ dirty, releasing, work }) => dirty && !releasing && !work);
  const handled = held.filter((claim) => claim.handled !== undefined);
  if (idle.length === 0 && handled.length === 0) return;
  const offsets = handled.map((claim) => claim.handled);
  for (const claim of idle) claim.dirty = false;
  for (const claim of handled) claim.handled = undefined;
  const records = await session.query<StoredRecord>({
    name: 'commit-and-fetch',
    text: `with done as (
        insert into committed_offsets ("group", topic, partition, "offset")
        select $1, * from unnest($2::text[], $3::int[], $4::bigint[])
        on conflict ("group", topic, partition) do update set "offset" = excluded."offset"
        returning topic, partition, "offset")
      select r.* from unnest($5::text[], $6::int[]) as idle (topic, partition)
      left join done using (topic, partition)
      left join committed_offsets c
        on c."group" = $1 and c.topic = idle.topic and c.partition = idle.partition
      cross join lateral (
        select topic, partition, "offset", key, headers, value from records
        where topic = idle.topic and partition = idle.partition
          and "offset" >= coalesce(done."offset", c."offset", 0)
        order by "offset" limit ${String(BATCH)}) r
      order by r.topic, r.partition, r."offset"`,
    values: [
      options.group,
      handled.map(({ topic }) => topic),
      handled.map(({ partition }) => partition),
      offsets,
      idle.map(({ topic }) => topic),
      idle.map(({ partition }) => partition),
    ],
  });
  const batches = Map.groupBy(records, ({ topic, partition }) =>
    claimName(recordChannel(topic), partition),
  );
  for (const [name, batch] of batches) {
    const claim = claims.get(name);
    if (claim !== undefined) startWork(member, claim, batch);
  }
}

function startWork(member: Member, claim: Claim, batch: StoredRecord[]): void {
  if (batch.length === BATCH) claim.dirty = true;
  claim.work = handleInOrder(member, claim, batch).finally(() => {
    claim.work = undefined;
    member.session.wake();
  });
}

async function handleInOrder(member: Member, claim: Claim, batch: StoredRecord[]): Promise<void> {
  await handOver(member.options, batch, {
    mayBegin: () => !member.leaving.aborted && !claim.releasing,
    pause: sleep,
    handled(next) {
      claim.handled = next;
    },
  });
}
