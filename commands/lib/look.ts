/** What a chaos run sees of its platform: the books, and how much is still on its way into them. */
import { flows } from '@waymark/contracts/flows.ts';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { isPaying, readBooks, type Books } from './books.ts';
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

/** How much is undecided, being paid or not yet handed on; what was given up is not under way. */
export function underWay({ books, lag }: Look): number {
  const undecided = books.orders.filter(
    ({ state }) => state !== 'confirmed' && state !== 'cancelled',
  ).length;
  const paying = books.payments.filter(({ state }) => isPaying(state)).length;
  return lag + undecided + paying + waitingIn(books, 'outbox');
}

export function waitingIn({ waiting }: Books, kind: 'outbox' | 'dead letters'): number {
  const ofKind = waiting.filter(({ where }) => where.startsWith(kind));
  return ofKind.reduce((sum, { count }) => sum + count, 0);
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
