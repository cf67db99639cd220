/** Clients of one RabbitMQ, and a log whose lines can be counted. */
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { openWorkQueue } from '../src/open.ts';
import type { WorkQueue } from '../src/work-queue.ts';
import type { QueueUnderTest } from './queue-under-test.ts';

export async function openRabbit(url: string, log: Log = silentLog): Promise<QueueUnderTest> {
  const clients: WorkQueue[] = [];
  return {
    url,
    connect() {
      const client = openWorkQueue({ url, client: 'test', log });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

export function recordLog() {
  const lines: string[] = [];
  const write = (level: string) => (_fields: object, message: string) => {
    lines.push(`${level} ${message}`);
  };
  const levels = { warn: write('warn'), info: write('info'), error: write('error') };
  return { lines, log: { ...silentLog, ...levels } as unknown as Log };
}
