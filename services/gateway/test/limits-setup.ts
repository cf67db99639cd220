/** Gateways of small limits on one store, as many as a test asks for. */
import { openKeyValue } from '@waymark/storage/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { limits, type LimitName } from '../src/limits.ts';
import { setup, type World } from './setup.ts';

/** Too slow to refill within a test. */
const SLOW = 0.01;

export const brokerMigrations = new URL('../../../packages/messaging/migrations/', import.meta.url);

interface GatewayOptions {
  /** Of every limit that `change` does not name. */
  burst: number;
  change?: Partial<Record<LimitName, { burst: number; perMinute: number }>>;
  scale?: number;
  trustedProxies?: number;
}

export async function setupLimits() {
  const broker = await createTestDatabase(brokerMigrations);
  const worlds: World[] = [];
  return {
    broker,
    async gateway({ burst, change = {}, scale = 1, trustedProxies = 0 }: GatewayOptions) {
      const entries = Object.entries(limits).map(([name, { per }]) => [
        name,
        { per, ...(change[name as LimitName] ?? { burst, perMinute: SLOW }) },
      ]);
      const world = await setup({
        rateLimits: {
          limits: Object.fromEntries(entries) as typeof limits,
          keyValue: openKeyValue({ url: broker.url, client: 'gateway', log: silentLog }),
          scale,
          // Longer than a busy machine makes it: these tests are about counting.
          waitMs: 5000,
        },
        trustedProxies,
      });
      worlds.push(world);
      return world;
    },
    async [Symbol.asyncDispose]() {
      for (const world of worlds) await world.stop();
      await broker.drop();
    },
  };
}

export async function statuses(asked: ReturnType<World['ask']>[]) {
  return (await Promise.all(asked)).map(({ status }) => status);
}

export function count(all: (number | undefined)[], status: number): number {
  return all.filter((each) => each === status).length;
}

export function times(number: number): number[] {
  return Array.from({ length: number }, (_, index) => index);
}
