/** A whole catalog service on databases of its own, seeded with as few products as the test needs. */
import { productChanged } from '@waymark/contracts/catalog.ts';
import type { EventData } from '@waymark/contracts/define-event.ts';
import { topics } from '@waymark/contracts/topics.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { fromRecord } from '@waymark/messaging/event.ts';
import { oneByOne } from '@waymark/messaging/event-log.ts';
import { openPostgresEventLog } from '@waymark/messaging/postgres-event-log.ts';
import { openKeyValue } from '@waymark/storage/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { createTestIssuer } from '@waymark/testing/issuer.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { buildApp } from '../src/app.ts';
import type { SeedProduct } from '../src/product.ts';

export const tent: SeedProduct = {
  id: 'ridge-tent',
  name: 'Ridge Tent',
  description: 'Stands in any wind.',
  category: 'tents',
  priceCents: 25_000,
};
export const mug: SeedProduct = {
  id: 'tin-mug',
  name: 'Tin Mug',
  description: 'Holds tea.',
  category: 'cooking',
  priceCents: 1250,
};

export const sorts = ['name', '-name', 'priceCents', '-priceCents'];

/** Products with names of their own and only `prices` different prices, so that a sort by price has ties. */
export function manyProducts(count: number, prices = 4): SeedProduct[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `product-${String((index * 7) % count)}`,
    name: `Product ${String.fromCodePoint(65 + ((index * 5) % 26))}${String(index)}`,
    description: 'One of many.',
    category: index % 3 === 0 ? 'thirds' : 'others',
    priceCents: 100 * (1 + (index % prices)),
  }));
}

/** With `keyValueUrl`, the cache is there instead of in the broker's database. */
export async function setup(
  seed: SeedProduct[] = [tent, mug],
  options: { keyValueUrl?: string } = {},
) {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const broker = await createTestDatabase(
    new URL('../../../packages/messaging/migrations/', import.meta.url),
  );
  const openLog = () => openPostgresEventLog({ url: broker.url, client: 'test', log: silentLog });
  const eventLog = openLog();
  await eventLog.createTopics(topics);
  const keyValueUrl = options.keyValueUrl ?? broker.url;
  const issuer = await createTestIssuer();
  const stops: (() => Promise<void>)[] = [];

  /** Another replica on the same database. */
  async function startReplica(
    products: SeedProduct[],
    metrics = createMetrics('catalog'),
  ): Promise<App> {
    const replica = await buildApp({
      databaseUrl: database.url,
      eventLog: openLog(),
      keyValue: openKeyValue({ url: keyValueUrl, client: 'test', log: silentLog }),
      verifier: createTokenVerifier(issuer),
      log: silentLog,
      metrics,
      seed: products,
    });
    stops.push(() => stopApp(replica));
    return replica;
  }

  const metrics = createMetrics('catalog');
  const app = await startReplica(seed, metrics);
  const staff = await issuer.bearer('staff', 'catalog:write');
  return {
    app,
    metrics,
    database,
    broker,
    issuer,
    staff,
    startReplica,
    get: (url: string) => app.server.inject({ url }),
    patch: (id: string, payload: unknown, authorization: string | undefined = staff) =>
      app.server.inject({
        method: 'PATCH',
        url: `/v1/products/${id}`,
        headers: { authorization, 'content-type': 'application/json' },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
    /** Starts the relay, and collects what reaches the event log from its beginning on. */
    follow() {
      for (const part of app.parts) part.start();
      const heard: EventData<typeof productChanged>[] = [];
      const subscription = eventLog.subscribe({
        group: 'test',
        topics: [productChanged.topic],
        handle: oneByOne(async (record) => {
          heard.push(fromRecord(record).data as EventData<typeof productChanged>);
        }),
      });
      subscription.start();
      stops.push(() => subscription.stop());
      return heard;
    },
    async stop() {
      for (const stop of stops.toReversed()) await stop();
      await eventLog.close();
      await database.drop();
      await broker.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof setup>>;
