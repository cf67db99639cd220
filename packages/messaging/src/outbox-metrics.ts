/** How far the relay is behind: the two numbers that say whether what was committed is also told. */
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { readAtScrape } from '@waymark/telemetry/metrics.ts';
import type { Kysely } from 'kysely';
import { outboxAgeSeconds, outboxSize, type OutboxTables } from './outbox.ts';

export function measureOutbox<Schema extends OutboxTables>(
  metrics: Metrics,
  schemaDb: Kysely<Schema>,
): void {
  // The generic schema includes the outbox's table, which TypeScript cannot see through Kysely's types.
  const db = schemaDb as unknown as Kysely<OutboxTables>;
  readAtScrape(metrics, {
    name: 'outbox_age_seconds',
    help: 'How long the oldest event that is not published has waited',
    read: async () => [{ value: await outboxAgeSeconds(db) }],
  });
  readAtScrape(metrics, {
    name: 'outbox_size',
    help: 'Events that are not published yet, counted up to 10000',
    read: async () => [{ value: await outboxSize(db) }],
  });
}
