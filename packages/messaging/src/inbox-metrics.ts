/** What an inbox did with its events, and how far its group is behind. */
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { readAtScrape } from '@waymark/telemetry/metrics.ts';
import { Counter } from 'prom-client';
import type { EventLog } from './event-log.ts';

export interface InboxMetrics {
  /** The effect is there, by this attempt or by an earlier one. */
  handled(type: string): void;
  /** An attempt failed; another follows, or the dead letters. */
  failed(type: string): void;
  deadLettered(type: string): void;
}

export interface InboxMetricsOptions {
  metrics: Metrics;
  eventLog: EventLog;
  group: string;
  topics: string[];
  /** Of the events that it handles. */
  types: string[];
}

/** The type of an event that does not say it. */
export const UNKNOWN = 'unknown';

export function measureInbox(options: InboxMetricsOptions): InboxMetrics {
  const { metrics, eventLog, group, topics, types } = options;
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['type'], registers: [metrics] });
  const handled = counter('events_handled_total', 'Events that took effect or had already');
  const failed = counter('event_attempts_failed_total', 'Attempts at an event that failed');
  const deadLettered = counter('events_dead_lettered_total', 'Events given up and kept aside');
  // A series that begins at one has not grown: without the zero before it no alert would see the first.
  for (const type of [...types, UNKNOWN]) {
    failed.inc({ type }, 0);
    deadLettered.inc({ type }, 0);
  }
  readAtScrape(metrics, {
    name: 'consumer_lag_events',
    help: 'Events that the group has not handled yet',
    labelNames: ['group', 'topic'],
    async read() {
      const lags = Map.groupBy(await eventLog.lag(group, topics), ({ topic }) => topic);
      return [...lags].map(([topic, partitions]) => ({
        labels: { group, topic },
        value: partitions.reduce(
          (sum, { committed, end }) => sum + Math.max(0, end - committed),
          0,
        ),
      }));
    },
  });
  return {
    handled(type) {
      handled.inc({ type });
    },
    failed(type) {
      failed.inc({ type });
    },
    deadLettered(type) {
      deadLettered.inc({ type });
    },
  };
}
