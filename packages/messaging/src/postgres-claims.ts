/**
 * How the members of a group on the Postgres event log share its partitions: each claims up to its share by
 * session advisory locks, and gives up what is above it. Nobody leads; each looks for itself, once a second
 * and whenever another member says that the shares have changed.
 */
import type { Session } from '@waymark/database/session.ts';
import type { SubscribeOptions } from './event-log.ts';

/** A partition that this member holds. */
export interface Claim {
  topic: string;
  partition: number;
  releasing: boolean;
  /** There may be records that were not fetched yet. */
  dirty: boolean;
  work: Promise<void> | undefined;
  /** The offset to commit: all before it are handled. Undefined where that is committed already. */
  handled: number | undefined;
}

export type Claims = Map<string, Claim>;

interface Holder {
  options: Pick<SubscribeOptions, 'group' | 'topics'>;
  session: Session;
}

export function groupName(group: string): string {
  return `group ${group}`;
}

export function recordChannel(topic: string): string {
  return `records ${topic}`;
}

/** As a notification names it: the channel of its topic and its number. */
export function claimName(channel: string, partition: number | string): string {
  return `${channel}/${String(partition)}`;
}

/** Tells the other members that the shares have changed. */
export async function notifyGroup({ options, session }: Holder): Promise<void> {
  await session.query('select pg_notify($1, $2)', [groupName(options.group), '']);
}

/** Gives up partitions above this member's share and claims free ones below it. */
export async function balance({ options, session }: Holder, claims: Claims): Promise<void> {
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
    const name = claimName(recordChannel(topic), partition);
    if (claims.size >= share) return;
    if (claims.has(name)) continue;
    const lock = await session.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
      [lockName(options, { topic, partition })],
    );
    if (lock[0]?.held !== true) continue;
    const unused = { releasing: false, dirty: true, work: undefined, handled: undefined };
    claims.set(name, { topic, partition, ...unused });
  }
}

/** Frees the partitions to be given up whose record in hand is done and committed. */
export async function release({ options, session }: Holder, claims: Claims): Promise<void> {
  const done = [...claims].filter(
    ([, { releasing, work, handled }]) => releasing && work === undefined && handled === undefined,
  );
  for (const [name, claim] of done) {
    await session.query('select pg_advisory_unlock(hashtextextended($1, 0))', [
      lockName(options, claim),
    ]);
    claims.delete(name);
  }
  if (done.length > 0) await notifyGroup({ options, session });
}

function lockName(
  { group }: Pick<SubscribeOptions, 'group'>,
  { topic, partition }: Pick<Claim, 'topic' | 'partition'>,
): string {
  return `${group}/${topic}/${String(partition)}`;
}
