/** A whole card processor on a database of its own, with a clock and pauses that the test holds. */
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { holdLocks, waitersForLocks } from '@waymark/testing/locks.ts';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { buildApp } from '../src/app.ts';

const API_KEY = 'a-key-of-one-merchant';
export const SLOW_MS = 4000;

export const body = {
  reference: 'order-1',
  amountCents: 26250,
  currency: 'EUR',
  cardToken: 'tok_approve',
};

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
}

export async function setup({ databaseUrl }: { databaseUrl?: string } = {}) {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const time = { now: new Date('2026-03-01T10:00:00Z') };
  const pauses: number[] = [];
  const app = buildApp({
    databaseUrl: databaseUrl ?? database.url,
    apiKey: API_KEY,
    slowMs: SLOW_MS,
    wait: async (ms) => pauses.push(ms),
    log: silentLog,
    metrics: createMetrics('psp'),
    clock: () => time.now,
    newId: randomUUID,
  });
  // A dropped connection exists only where there is one, so the processor really listens.
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.server.address() as AddressInfo;

  /** A header that is undefined is left out. */
  async function post(
    path: string,
    payload: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Reply> {
    const all: Record<string, string | undefined> = {
      authorization: `Bearer ${API_KEY}`,
      'idempotency-key': randomUUID(),
      'content-type': 'application/json',
      ...headers,
    };
    const sent = Object.entries(all).filter((header) => header[1] !== undefined);
    const outgoing = request({ port, path, method: 'POST', headers: Object.fromEntries(sent) });
    outgoing.end(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const text = (await buffer(incoming)).toString();
    return {
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      body: JSON.parse(text) as Record<string, unknown>,
    };
  }

  return {
    app,
    query: database.query,
    time,
    pauses,
    post,
    /** Asks for a hold; the fields given replace those of the usual request. */
    hold: (fields: object = {}, key: string = randomUUID()) =>
      post('/v1/holds', { ...body, ...fields }, { 'idempotency-key': key }),
    act: (holdId: unknown, action: string, key: string = randomUUID()) =>
      post(`/v1/holds/${String(holdId)}/${action}`, {}, { 'idempotency-key': key }),
    /** Holds up every write to the books until all the requests that `work` starts have read and wait to write. */
    async whileBooksAreLocked<T>(work: () => Promise<T>[]): Promise<T[]> {
      const release = await holdLocks(database, 'lock table holds in exclusive mode');
      const requests = work();
      await waitersForLocks(database, requests.length).finally(release);
      return Promise.all(requests);
    },
    /** The processor's books. */
    books: () =>
      database.query<{ state: string; amount_cents: string; card_token: string }>(
        'select state, amount_cents, card_token from holds order by created_at',
      ),
    /** Lets every write to the books fail, as a full disk or a bug of ours would. */
    breakBooks: () => database.query('alter table holds rename to holds_away'),
    mendBooks: () => database.query('alter table holds_away rename to holds'),
    async stop() {
      await stopApp(app);
      await database.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof setup>>;
