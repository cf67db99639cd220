/**
 * For a service that asks its database something before it can be built at all: holds the start until the database
 * is there. Whoever starts it sees one line, and no process that ends and comes back.
 */
import { backoffMs } from '@waymark/lifecycle/backoff.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isUnavailable } from './unavailable.ts';

const PAUSE = { firstMs: 200, maxMs: 2000 };

/** Throws what does not pass, such as a wrong password. */
export async function waitForDatabase({ url, log }: { url: string; log: Log }): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    try {
      await knock(url);
      if (failures > 1) log.info('the database is there');
      return;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (failures === 1) log.warn({ err: error }, 'the database is away, waiting for it');
      await sleep(backoffMs(failures, PAUSE));
    }
  }
}

async function knock(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // A connection that breaks says so twice, and what nobody hears would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}
