/**
 * Keeps the embedded broker's tables from growing for ever, as Kafka and Redis do by themselves: records past
 * their topic's retention, all but the newest record of each key in a compacted topic, and forgotten feeds.
 */
import pg from 'pg';
import { databaseUrl, type Settings } from './services.ts';

const EVERY_MS = 3600 * 1000;
const FEED_DAYS = 7;

export const housekeepingStatements = [
  `delete from records r using topics t
     where t.topic = r.topic and t.retention_ms is not null
       and r.published_at < now() - t.retention_ms * interval '1 millisecond'`,
  `delete from records r using topics t
     where t.topic = r.topic and t.retention_ms is null
       and exists (select 1 from records newer
         where newer.topic = r.topic and newer.partition = r.partition and newer.key = r.key
           and newer."offset" > r."offset")`,
  `delete from feeds where changed_at < now() - interval '${String(FEED_DAYS)} days'`,
];

export function startHousekeeping(settings: Settings): { stop(): void } {
  const timer = setInterval(() => void keepHouse(databaseUrl(settings, 'broker')), EVERY_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
    },
  };
}

async function keepHouse(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, statement_timeout: 60_000 });
  try {
    await client.connect();
    for (const statement of housekeepingStatements) await client.query(statement);
  } catch (error) {
    process.stderr.write(`housekeeping failed, next try in an hour: ${String(error)}\n`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
