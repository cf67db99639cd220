/** An inbox around one handler, which writes the note down unless the test has another use for it. */
import { connectDatabase } from '@waymark/database/connect.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import type { Kysely, Transaction } from 'kysely';
import { listDeadLetters } from '../src/dead-letters.ts';
import { outgoing, toRecord } from '../src/event.ts';
import type { StoredRecord } from '../src/event-log.ts';
import { on } from '../src/handler.ts';
import { createInbox } from '../src/inbox.ts';
import type { Shared } from '../src/inbox-effects.ts';
import { noted, setupService, type ServiceSchema } from './service-setup.ts';

type Use = (tx: Transaction<ServiceSchema>, data: { note: string }) => Promise<void>;

interface Work extends Shared {
  tx: Transaction<ServiceSchema>;
}

const writeDown: Use = async (tx, { note }) => {
  await tx.insertInto('effects').values({ note }).execute();
};

export async function setup(use: Use = writeDown) {
  const service = await setupService();
  const { db, eventLog, atEnd } = service;
  let commits = 0;
  const metrics = createMetrics('test');
  const inboxOn = (database: Kysely<ServiceSchema>, counted = createMetrics('elsewhere')) =>
    createInbox({
      eventLog,
      group: 'test',
      db: database,
      handlers: [on(noted, ({ tx }: Work, data) => use(tx, data))],
      open: (tx) => Promise.resolve({ tx, save: () => Promise.resolve() }),
      committed: () => {
        commits += 1;
      },
      log: silentLog,
      metrics: counted,
    });
  const inbox = inboxOn(db, metrics);
  return {
    ...service,
    inbox,
    metrics,
    commits: () => commits,
    start() {
      atEnd(inbox.stop);
      inbox.start();
    },
    /** The same inbox with its database at another address. */
    inboxAt(url: string) {
      const elsewhere = connectDatabase<ServiceSchema>({ url, applicationName: 'test' });
      atEnd(() => elsewhere.destroy());
      return inboxOn(elsewhere);
    },
    letters: () => listDeadLetters(db),
    async effects() {
      const rows = await service.database.query<{ note: string }>(
        'select note from effects order by note',
      );
      return rows.map(({ note }) => note);
    },
  };
}

/** The record of a new event, as a reader of the log gets it. */
export function recordOfNote(note: string, offset = 0): StoredRecord {
  const record = toRecord(outgoing(noted, 'order-1', { note }), 'test');
  return { ...record, partition: 0, offset };
}
