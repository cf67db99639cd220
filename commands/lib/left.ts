/** How much is still on its way into the books of a platform: it is quiet where that is nothing. */
import { flows } from '@waymark/contracts/flows.ts';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { countUndecided, readWaiting } from './books.ts';
import type { Running } from './running.ts';

export interface Left {
  /** Orders undecided, payments that are being made, and events that are not handed on or not handled yet. */
  underWay: number;
  /** What was given up, and is to be none. */
  deadLetters: number;
}

export async function countLeft(at: Pick<Running, 'databaseUrl' | 'eventLogUrl'>): Promise<Left> {
  const before = await readLag(at.eventLogUrl);
  const undecided = await countUndecided(at.databaseUrl);
  const waiting = await readWaiting(at.databaseUrl, 0);
  const countOf = (kind: 'outbox' | 'dead letters') =>
    waiting.reduce((sum, { where, count }) => (where.startsWith(kind) ? sum + count : sum), 0);
  // An order that was decided between the two has its event on the log by the second.
  const lag = before + (await readLag(at.eventLogUrl));
  return { underWay: lag + undecided + countOf('outbox'), deadLetters: countOf('dead letters') };
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
