/** What a chaos run sees of its platform: the books, and how much is still on its way into them. */
import { flows } from '@waymark/contracts/flows.ts';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { readBooks, type Books } from './books.ts';
import type { Running } from './running.ts';

export interface Look {
  books: Books;
  /** Events that some service has not handled yet. */
  lag: number;
}

export async function look(at: Pick<Running, 'databaseUrl' | 'eventLogUrl'>): Promise<Look> {
  const before = await readLag(at.eventLogUrl);
  const books = await readBooks(at.databaseUrl, 0);
  // An order that was decided between the two looks has its event on the log by the second.
  return { books, lag: before + (await readLag(at.eventLogUrl)) };
}

/** Each service reads under its own name. */
async function readLag(url: string): Promise<number> {
  const eventLog = openEventLog({ url, client: 'chaos', log: silentLog });
  try {
    const lags = await Promise.all(
      flows.map(({ service, receives }) =>
        eventLog.lag(service, [...new Set(receives.map(({ topic }) => topic))]),
      ),
    );
    return totalLag(lags.flat());
  } finally {
    await eventLog.close();
  }
}
