/** Picks the adapter of each port by its URL's scheme, so that services cannot tell which one they have. */
import type { Log } from '@waymark/telemetry/log.ts';
import type { EventLog } from './event-log.ts';
import type { Feed } from './feed.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';
import { openPostgresEventLog } from './postgres-event-log.ts';
import { openPostgresFeed } from './postgres-feed.ts';
import { openPostgresWorkQueue } from './postgres-work-queue.ts';
import { openRabbitWorkQueue } from './rabbit-work-queue.ts';
import { openRedisFeed } from './redis-feed.ts';
import type { WorkQueue } from './work-queue.ts';

export interface OpenOptions {
  url: string;
  /** Names this process to the server. */
  client: string;
  log: Log;
}

export function openEventLog(options: OpenOptions): EventLog {
  return pick(options.url, {
    postgres: () => openPostgresEventLog(options),
    kafka: () => openKafkaEventLog(options),
  });
}

export function openFeed(options: OpenOptions): Feed {
  return pick(options.url, {
    postgres: () => openPostgresFeed(options),
    redis: () => openRedisFeed(options),
  });
}

export function openWorkQueue(options: OpenOptions): WorkQueue {
  return pick(options.url, {
    postgres: () => openPostgresWorkQueue(options),
    amqp: () => openRabbitWorkQueue(options),
  });
}

function pick<Port>(url: string, adapters: Record<string, () => Port>): Port {
  // Not by URL, which cannot read the list of hosts in a Kafka URL.
  // The letter s asks for TLS, which is the adapter's to see to.
  const scheme = url.replace(/:.*$/, '').replace(/ql$|(?<=^kafka|^redis|^amqp)s$/, '');
  const open = adapters[scheme];
  if (open === undefined)
    throw new Error(`no adapter for ${scheme}:// (known: ${Object.keys(adapters).join(', ')})`);
  return open();
}
