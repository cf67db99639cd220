/**
 * One member of a consumer group on the Postgres event log. It holds a single connection, and everything that
 * makes it a member hangs on it: its partitions are session advisory locks, the members of a group are counted
 * by their connections, and offsets are committed on it. So when the process dies, or freezes past the idle
 * time-out, the server frees its partitions, and a member that lost them cannot commit an offset any more.
 */
import { createSession, type Session } from '@waymark/database/session.ts';
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredRecord, SubscribeOptions, Subscription } from './event-log.ts';

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

/** A partition that this member holds. */
interface Claim {
  topic: string;
  partition: number;
  releasing: boolean;
  /** There may be records that were not fetched yet. */
  dirty: boolean;
  work: Promise<void> | undefined;
}

export function groupName(group: string): string {
  return `group ${group}`;
}

export function recordChannel(topic: string): string {
  return `records ${topic}`;
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
  const claims = new Map<string, Claim>();
  const leaving = new AbortController();
  const member = { options, session, leaving: leaving.signal };
  // Work on a lost connection must end before the same partitions are claimed again on the next.
  try {
    await session.query('set synchronous_commit = off');
    await notifyGroup(options, session);
    let lastTick = -Infinity;
    while (!signal.aborted) {
      if (performance.now() - lastTick >= TICK_MS) {
        await balance(member, claims);
        for (const claim of claims.values()) claim.dirty = true;
        lastTick = performance.now();
      }
      await release(member, claims);
      for (const claim of claims.values()) startWork(member, claim);
      await session.wait(TICK_MS);
      for (const { channel, payload } of session.takeNotifications()) {
        if (channel === groupName(options.group)) lastTick = -Infinity;
        for (const partition of (payload ?? '').split(',')) {
          const claim = claims.get(`${channel}/${partition}`);
          if (claim !== undefined) claim.dirty = true;
        }
      }
    }
  } finally {
    leaving.abort();
    await Promise.all([...claims.values()].map(async (claim) => claim.work));
  }
  // Members are counted by the name of their connection, which is still there when the others look.
  await session.query(`select pg_advisory_unlock_all(), set_config('application_name', '', false)`);
  await notifyGroup(options, session);
}

/** Tells the other members that the shares have changed. */
async function notifyGroup(options: Options, session: Session): Promise<void> {
  await session.query('select pg_notify($1, $2)', [groupName(options.group), '']);
}

/** Gives up partitions above this member's share and claims free ones below it. */
async function balance({ options, session }: Member, claims: Map<string, Claim>): Promise<void> {
  const state = await session.query<{
    members: number;
    partitions: { topic: string; partition: number }[];
  }>({
    name: 'group-state',
    text: `select
        (select count(*) from pg_stat_activity
          where application_name = $1 and datname = current_database()) as members,
        (select coalesce(json_agg(json_build_object('topic', topic, 'partition', partition)), '[]')
          from partitions where topic = any($2)) as partitions`,
    values: [groupName(options.group), options.topics],
  });
  const { members, partitions } = state[0] ?? { members: 1, partitions: [] };
  const share = Math.ceil(partitions.length / Math.max(1, members));
  for (const claim of [...claims.values()].slice(share)) claim.releasing = true;
  for (const { topic, partition } of partitions) {
    const name = `${recordChannel(topic)}/${String(partition)}`;
    if (claims.size >= share) return;
    if (claims.has(name)) continue;
    const claim: Claim = { topic, partition, releasing: false, dirty: true, work: undefined };
    const lock = await session.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
      [lockName(options, claim)],
    );
    if (lock[0]?.held === true) claims.set(name, claim);
  }
}

/** Frees the partitions to be given up whose record in hand is done. */
async function release({ options, session }: Member, claims: Map<string, Claim>): Promise<void> {
  const done = [...claims].filter(([, claim]) => claim.releasing && claim.work === undefined);
  for (const [name, claim] of done) {
    await session.query('select pg_advisory_unlock(hashtextextended($1, 0))', [
      lockName(options, claim),
    ]);
    claims.delete(name);
  }
  if (done.length > 0) await notifyGroup(options, session);
}

function lockName(options: Options, { topic, partition }: Claim): string {
  return `${options.group}/${topic}/${String(partition)}`;
}

function startWork(member: Member, claim: Claim): void {
  if (claim.work !== undefined || !claim.dirty || claim.releasing) return;
  const { options, session } = member;
  claim.work = drain(member, claim)
    .catch((error: unknown) => {
      // The next look, on this connection or on its successor, begins at the committed offset.
      options.log.warn({ err: error, topic: claim.topic }, 'partition interrupted');
    })
    .finally(() => {
      claim.work = undefined;
      if (claim.dirty || claim.releasing) session.wake();
    });
}

/** Handles what the partition has, in order, and commits after each batch, never before. */
async function drain(member: Member, claim: Claim): Promise<void> {
  const isLeaving = () => member.leaving.aborted || claim.releasing;
  while (claim.dirty && !isLeaving()) {
    claim.dirty = false;
    const batch = await fetchBatch(member, claim);
    let next: number | undefined;
    for (const record of batch) {
      if (isLeaving() || !(await handled(member.options, record, isLeaving))) break;
      next = record.offset + 1;
    }
    if (next !== undefined) await commit(member, { ...claim, next });
    if (batch.length === BATCH) claim.dirty = true;
  }
}

/** Brings the record again and again, with growing pauses, until it is handled; false where the member leaves first. */
async function handled(
  options: Options,
  record: StoredRecord,
  isLeaving: () => boolean,
): Promise<boolean> {
  for (let failures = 0; ;) {
    try {
      await options.handle(record);
      return true;
    } catch (error) {
      failures += 1;
      const { topic, partition, offset } = record;
      options.log.warn(
        { err: error, topic, partition, offset, failures },
        'record not handled, its partition waits',
      );
      await sleep(backoffMs(failures, { firstMs: 100, maxMs: 2000 }));
      if (isLeaving()) return false;
    }
  }
}

async function fetchBatch({ options, session }: Member, claim: Claim): Promise<StoredRecord[]> {
  return session.query<StoredRecord>({
    name: 'fetch-batch',
    text: `select topic, partition, "offset", key, headers, value from records
      where topic = $2 and partition = $3 and "offset" >= coalesce((
        select "offset" from committed_offsets where "group" = $1 and topic = $2 and partition = $3), 0)
      order by "offset" limit ${String(BATCH)}`,
    values: [options.group, claim.topic, claim.partition],
  });
}

async function commit(
  { options, session }: Member,
  { topic, partition, next }: { topic: string; partition: number; next: number },
): Promise<void> {
  await session.query({
    name: 'commit-offset',
    text: `insert into committed_offsets ("group", topic, partition, "offset") values ($1, $2, $3, $4)
      on conflict ("group", topic, partition) do update set "offset" = excluded."offset"`,
    values: [options.group, topic, partition, next],
  });
}
