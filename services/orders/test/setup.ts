/** A whole orders service on databases of its own, with a clock and ids that the test holds. */
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { toRecord } from '@waymark/messaging/event.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { createTestIssuer } from '@waymark/testing/issuer.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { randomUUID } from 'node:crypto';
import { buildApp } from '../src/app.ts';

export const body = {
  lines: [{ productId: 'ridge-tent', quantity: 2 }],
  payment: { cardToken: 'tok_approve' },
  shipTo: {
    name: 'Ada Example',
    line1: 'Hill Road 1',
    city: 'Bergen',
    postalCode: '5003',
    country: 'NO',
  },
};

export async function setup() {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  const eventLog = openPostgresEventLog({ url: broker.url, client: 'test', log: silentLog });
  await eventLog.createTopics(topics);
  const issuer = await createTestIssuer();
  const time = { now: new Date('2026-03-01T10:00:00Z') };
  const app = buildApp({
    databaseUrl: database.url,
    eventLog,
    verifier: createTokenVerifier(issuer),
    log: silentLog,
    clock: () => time.now,
    newId: randomUUID,
    deadlineMs: 60_000,
  });
  await database.query(
    `insert into prices (product_id, price_cents, currency, version)
     values ('ridge-tent', 25000, 'EUR', 1), ('tin-mug', 1250, 'EUR', 1)`,
  );
  const ada = await issuer.bearer('ada', 'orders:read orders:write');
  return {
    app,
    database,
    broker,
    eventLog,
    issuer,
    time,
    ada,
    place: (payload: unknown = body, key: string = randomUUID(), authorization = ada) =>
      app.server.inject({
        method: 'POST',
        url: '/v1/orders',
        headers: { authorization, 'idempotency-key': key, 'content-type': 'application/json' },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
    get: (url: string, authorization = ada) =>
      app.server.inject({ url, headers: { authorization } }),
    /** Publishes an event as the service that owns it would. */
    publish: (contract: EventContract, subject: string, data: unknown) =>
      eventLog.publish([toRecord({ contract, subject, data }, 'test')]),
    async stop() {
      await stopApp(app);
      await database.drop();
      await broker.drop();
    },
  };
}
