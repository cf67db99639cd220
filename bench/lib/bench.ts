/** What every measurement gets: a platform of its own in a scratch directory, and the bare server beside it. */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createShop, type Shop } from '../../commands/lib/shop.ts';
import { startPlatform, type Platform } from '../../infra/embedded/platform.ts';
import { adminUrl, databaseUrl } from '../../infra/embedded/services.ts';

/** A platform that is only reached from outside, by what it offers: it may be here or in containers. */
export interface Target {
  shop: Shop;
  /** Products with a million pieces each. */
  productIds: string[];
  /** May create topics. */
  eventLogUrl: string;
  /** A place for an outbox that no service drains; returns its URL. */
  createOutbox(): Promise<string>;
}

export interface BenchContext extends Target {
  platform: Platform;
  /** An empty database on the platform's own server; returns its URL. */
  createDatabase(): Promise<string>;
  /** The limit: see bare-server.ts. Its database is on the platform's own server. */
  startBare(settings?: Record<string, string>): Promise<ForkedServer>;
}

export interface Bench<Context = BenchContext> {
  name: string;
  /** Prints as it goes and returns what is kept. */
  run(context: Context, print: (line: string) => void): Promise<unknown>;
}

const PRODUCTS = 60;

export async function withPlatform<T>(
  extra: Record<string, string>,
  work: (context: BenchContext) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'waymark-bench-'));
  const platform = await startPlatform({
    directory,
    gatewayPort: await freePort(),
    say: () => undefined,
    // Two customers place all the orders, and some benches leave them undecided.
    extra: {
      LOG_LEVEL: 'warn',
      RATE_LIMIT_SCALE: '0',
      ORDER_DEADLINE_SECONDS: '3600',
      ...extra,
    },
  });
  const bares: ForkedServer[] = [];
  try {
    const { state, secrets } = platform;
    const shop = createShop({ gatewayUrl: state.gatewayUrl, clients: secrets.clients });
    const productIds = await fillShelves(shop);
    const createDatabase = () => createBenchDatabase(adminUrl({ ports: state.ports, secrets }));
    return await work({
      platform,
      shop,
      productIds,
      eventLogUrl: databaseUrl({ ports: state.ports, secrets }, 'broker'),
      createOutbox: createDatabase,
      createDatabase,
      async startBare(settings = {}) {
        const bare = await forkServer('bare-server.ts', {
          DATABASE_URL: await createDatabase(),
          ...settings,
        });
        bares.push(bare);
        return bare;
      },
    });
  } finally {
    for (const bare of bares) bare.stop();
    await platform.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

export interface ForkedServer {
  url: string;
  pid: number | undefined;
  stop(): void;
}

/** A server of this folder as a process of its own, which listens on `PORT` and says when it does. */
export async function forkServer(
  file: string,
  settings: Record<string, string>,
): Promise<ForkedServer> {
  const port = String(await freePort());
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...settings, PORT: port },
  });
  await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop() {
      child.kill();
    },
  };
}

export async function fillShelves(shop: Shop): Promise<string[]> {
  const products = await shop.products(PRODUCTS);
  for (const { id } of products) {
    const json = { onHand: 1_000_000 };
    await shop.call('staff', { method: 'PUT', path: `/v1/stock/${id}`, json });
  }
  return products.map(({ id }) => id);
}

async function createBenchDatabase(admin: string): Promise<string> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return admin.replace(/postgres$/, name);
}
