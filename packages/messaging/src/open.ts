/** Picks the adapter of each port by its URL's scheme, so that services cannot tell which one they have. */
import type { Log } from '@waymark/telemetry/log.ts';
import type { EventLog } from './event-log.ts';
import type { Feed } from './feed.ts';
import { openPostgresEventLog } from './postgres-event-log.ts';
import { openPostgresFeed } from './postgres-feed.ts';
import { openPostgresWorkQueue } from './postgres-work-queue.ts';
import type { WorkQueue } from './work-queue.ts';

export interface OpenOptions {
  url: string;
  /** Names this process to the server. */
  client: string;
  log: Log;
}

export function openEventLog(options: OpenOptions): EventLog {
  return pick(options.url, { postgres: () => openPostgresEventLog(options) });
}

export function openFeed(options: OpenOptions): Feed {
  return pick(options.url, { postgres: () => openPostgresFeed(options) });
}

export function openWorkQueue(options: OpenOptions): WorkQueue {
  return pick(options.url, { postgres: () => openPostgresWorkQueue(options) });
}

function pick<Port>(url: string, adapters: Record<string, () => Port>): Port {
  const scheme = new URL(url).protocol.replace(/(ql)?:$/, '');
  const open = adapters[scheme];
  if (open === undefined)
    throw new Error(`no adapter for ${scheme}:// (known: ${Object.keys(adapters).join(', ')})`);
  return open();
}
