/** The databases of a small service that publishes and handles one event, and of its broker. */
import { defineEvent } from '@waymark/contracts/define-event.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { connectDatabase } from '@waymark/database/connect.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { Type } from 'typebox';
import { fromRecord, outgoing } from '../src/event.ts';
import type { InboxTables } from '../src/handler.ts';
import { addToOutbox, type OutboxTables } from '../src/outbox.ts';
import { createBroker, logIn } from './postgres-setup.ts';

export const noted = defineEvent({
  type: 'waymark.orders.noted.v1',
  topic: 'waymark.orders',
  summary: 'Somebody noted something.',
  data: Type.Object({ note: Type.String() }, { additionalProperties: false }),
});

export interface ServiceSchema extends OutboxTables, InboxTables {
  effects: { note: string };
}

export async function setupService() {
  const database = await createTestDatabase(new URL('./migrations/', import.meta.url));
  const broker = await createBroker();
  const log = logIn(broker);
  const eventLog = log.connect();
  await eventLog.createTopics(topics);
  const db = connectDatabase<ServiceSchema>({ url: database.url, applicationName: 'test' });
  const closing: (() => Promise<void>)[] = [];
  return {
    database,
    broker,
    db,
    eventLog,
    addNotes: (...notes: string[]) =>
      addToOutbox(
        db,
        'test',
        notes.map((note) => outgoing(noted, 'order-1', { note })),
      ),
    waiting: async () => (await database.query('select 1 from outbox')).length,
    /** The notes and ids that the log holds, in order. */
    async published() {
      const rows = await broker.query<{ headers: Record<string, string>; value: string }>(
        `select headers, value from records order by partition, "offset"`,
      );
      const events = rows.map((row) => fromRecord({ topic: noted.topic, key: '', ...row }));
      return {
        notes: events.map(({ data }) => (data as { note: string }).note),
        ids: events.map(({ id }) => id),
      };
    },
    /** Called at the end of the test, last first. */
    atEnd(close: () => Promise<void>) {
      closing.unshift(close);
    },
    async [Symbol.asyncDispose]() {
      for (const close of closing) await close();
      await log.close();
      await db.destroy();
      await database.drop();
      await broker.drop();
    },
  };
}
