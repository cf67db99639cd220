/**
 * The relay publishes what the outbox holds, in order, and then takes it out. One relay per service works at a
 * time, by a session advisory lock; the relays of the other replicas wait to take over. Readers of the log
 * must expect an event twice, and drop the second by its id: see the two gaps below.
 */
import { createSession, type Session } from '@waymark/database/session.ts';
import type { Part } from '@waymark/lifecycle/app.ts';
import { createPace } from '@waymark/lifecycle/pace.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { REST, type EventLog } from './event-log.ts';
import type { OutboxRow } from './outbox.ts';
import { publishInSpans } from './publish-spans.ts';
import { setTimeout as sleep } from 'node:timers/promises';

const BATCH = 500;
const POLL_MS = 1000;
const CHANNEL = 'outbox';
const BETWEEN_NOTICES_MS = 25;
/** Any number will do, as long as nothing else in the service's database locks it. */
const LOCK = 4_711_002;

export interface Relay extends Part {
  /** Call it after a commit that added to the outbox. Many calls while the relay is busy cost one look. */
  wake(): void;
}

export interface RelayOptions {
  databaseUrl: string;
  eventLog: EventLog;
  log: Log;
}

export function createRelay({ databaseUrl, eventLog, log }: RelayOptions): Relay {
  return createSession({
    url: databaseUrl,
    applicationName: 'relay',
    channels: [CHANNEL],
    log,
    idleTimeoutMs: 10 * POLL_MS,
    body: (session, signal) => relay(session, eventLog, signal),
  });
}

async function relay(session: Session, eventLog: EventLog, signal: AbortSignal): Promise<void> {
  // It changes during an await, which the compiler's narrowing cannot see.
  const isStopping = () => signal.aborted;
  // The planner takes the outbox for empty, and would read all of it, where those that are taken out lie until a vacuum.
  await session.query('set enable_seqscan = off');
  let active = false;
  let woken = true;
  let rows: OutboxRow[] = [];
  const pace = createPace(REST);
  while (!isStopping()) {
    active ||= await tryLock(session);
    if (rows.length < BATCH) await pace.ready();
    if (active) {
      rows = await takeOut(session, rows);
      if (rows.length > 0) {
        await publishInSpans(eventLog, rows);
        pace.ended();
      }
    }
    // Not the active one: tell the one that is. This is a transaction of its own, after the commit and
    // coalesced by the wait, since a NOTIFY inside the order's transaction would hold a lock of the whole server.
    else if (woken) {
      await session.query(`notify ${CHANNEL}`);
      await sleep(BETWEEN_NOTICES_MS);
    }
    woken = await session.wait(rows.length > 0 ? 0 : POLL_MS);
    session.takeNotifications();
  }
  if (rows.length > 0)
    await session.query('delete from outbox where seq = any($1)', [rows.map(({ seq }) => seq)]);
}

async function tryLock(session: Session): Promise<boolean> {
  const lock = await session.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
    LOCK,
  ]);
  return lock[0]?.held ?? false;
}

/** Takes out what was published, and reads up to a batch of what else is there, in one trip. */
function takeOut(session: Pick<Session, 'query'>, published: OutboxRow[]): Promise<OutboxRow[]> {
  // #region publish-then-mark
  // Death before the publish: the rows are still there, and the next relay sends them. Death between publish
  // and delete: they are sent again, and every inbox knows their ids. Deleting first would lose them. The
  // statement runs on the connection that holds the lock, so a relay that lost it without knowing cannot delete;
  // what it publishes late is a repetition of what its successor publishes.
  return session.query<OutboxRow>({
    name: 'take-out',
    text: `with published as (delete from outbox where seq = any($1))
      select seq, topic, key, headers, value from outbox where seq <> all($1)
      order by seq limit ${String(BATCH)}`,
    values: [published.map(({ seq }) => seq)],
  });
  // #endregion
}
