/**
 * The EventLog in Postgres tables, for exploring and for fast tests: durable, shared by many processes,
 * nothing to install. migrations/0001-event-log.sql says how offsets are kept in order;
 * postgres-subscription.ts how a group shares its partitions.
 */
import type { TopicSpec } from '@waymark/contracts/topics.ts';
import { createPool } from '@waymark/database/connect.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { createHash } from 'node:crypto';
import type { EventLog, PartitionLag } from './event-log.ts';
import { groupName, recordChannel } from './postgres-claims.ts';
import { subscribe } from './postgres-subscription.ts';

export function openPostgresEventLog(options: { url: string; client: string; log: Log }): EventLog {
  const pool = createPool({
    url: options.url,
    applicationName: `${options.client}-log`,
    maxConnections: 3,
  });
  const partitionCounts = new Map<string, number>();

  async function partitionsOf(topic: string): Promise<number> {
    const known = partitionCounts.get(topic);
    if (known !== undefined) return known;
    const found = await pool.query<{ partitions: number }>(
      'select partitions from topics where topic = $1',
      [topic],
    );
    const count = found.rows[0]?.partitions;
    if (count === undefined) throw new Error(`the topic ${topic} does not exist`);
    partitionCounts.set(topic, count);
    return count;
  }

  return {
    async createTopics(topics: readonly TopicSpec[]) {
      for (const { name, partitions, retentionMs } of topics) {
        await pool.query(
          `with created as (
             insert into topics (topic, partitions, retention_ms) values ($1, $2, $3)
             on conflict (topic) do nothing returning topic, partitions)
           insert into partitions (topic, partition)
           select topic, generate_series(0, partitions - 1) from created`,
          [name, partitions, retentionMs],
        );
      }
    },

    async publish(records) {
      if (records.length === 0) return;
      const placed = await Promise.all(
        records.map(async (record) => ({
          ...record,
          partition: partitionFor(record.key, await partitionsOf(record.topic)),
        })),
      );
      const notifications = Map.groupBy(placed, ({ topic }) => recordChannel(topic));
      await pool.query({
        name: 'append-records',
        // #region notify-with-the-batch
        // A NOTIFY inside a transaction holds a lock of the whole server until the commit, which is why no order
        // does it. A relay commits a few batches a second, each worth many orders, and saves a transaction so.
        // It is not relied on: readers poll slowly beneath it.
        text: `with appended as materialized (select append_records($1, $2, $3, $4, $5))
          select pg_notify(channel, partitions)
          from appended, unnest($6::text[], $7::text[]) as n (channel, partitions)`,
        // #endregion
        values: [
          placed.map((record) => record.topic),
          placed.map((record) => record.partition),
          placed.map((record) => record.key),
          placed.map((record) => JSON.stringify(record.headers)),
          placed.map((record) => record.value),
          [...notifications.keys()],
          [...notifications.values()].map((records) =>
            [...new Set(records.map(({ partition }) => partition))].join(','),
          ),
        ],
      });
    },

    subscribe: (subscription) => subscribe({ ...subscription, url: options.url, log: options.log }),

    async lag(group, topics) {
      const lags = await pool.query<PartitionLag>(
        // Not simply the committed offset: what retention has removed will never be handled.
        `select p.topic, p.partition, p.next_offset as "end", coalesce((
             select min(r."offset") from records r
             where r.topic = p.topic and r.partition = p.partition
               and r."offset" >= coalesce(c."offset", 0)), p.next_offset) as committed
         from partitions p left join committed_offsets c
           on c."group" = $1 and c.topic = p.topic and c.partition = p.partition
         where p.topic = any($2) order by 1, 2`,
        [group, topics],
      );
      return lags.rows;
    },

    async seek(group, { topic, partition, offset }) {
      const members = await pool.query(
        'select 1 from pg_stat_activity where application_name = $1 and datname = current_database()',
        [groupName(group)],
      );
      if (members.rowCount !== 0)
        throw new Error(`the group ${group} has members; stop them first`);
      await pool.query(
        `insert into committed_offsets ("group", topic, partition, "offset") values ($1, $2, $3, $4)
         on conflict ("group", topic, partition) do update set "offset" = excluded."offset"`,
        [group, topic, partition, offset],
      );
    },

    async check() {
      await pool.query('select 1');
    },

    async close() {
      await pool.end();
    },
  };
}

function partitionFor(key: string, partitions: number): number {
  return createHash('md5').update(key).digest().readUInt32BE() % partitions;
}
