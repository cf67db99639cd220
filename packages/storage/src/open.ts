/** Picks the adapter by its URL's scheme, so that services cannot tell which one they have. */
import type { Log } from '@waymark/telemetry/log.ts';
import type { KeyValue } from './key-value.ts';
import { openPostgresKeyValue } from './postgres-key-value.ts';
import { openRedisKeyValue } from './redis-key-value.ts';

export interface OpenOptions {
  url: string;
  /** Names this process to the server; those of one name share their keys. */
  client: string;
  log: Log;
}

export function openKeyValue(options: OpenOptions): KeyValue {
  const scheme = new URL(options.url).protocol.replace(/(ql)?:$/, '');
  if (scheme === 'postgres') return openPostgresKeyValue(options);
  // With rediss the connection is TLS, which is the client's to see to.
  if (scheme === 'redis' || scheme === 'rediss') return openRedisKeyValue(options);
  throw new Error(`no adapter for ${scheme}:// (known: postgres, redis)`);
}
