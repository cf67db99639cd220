/** A platform of a test file's own, in a scratch directory, and a customer of it. */
import { eventually } from '@waymark/testing/eventually.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseName } from '../../infra/embedded/names.ts';
import { startPlatform } from '../../infra/embedded/platform.ts';
import { databaseUrl } from '../../infra/embedded/services.ts';
import { audit } from '../lib/audit.ts';
import { readBooks } from '../lib/books.ts';
import { createShop, demoAddress, type OrderAnswer } from '../lib/shop.ts';

/** For the hooks that start and stop one. */
export const START_MS = 90_000;
export const STOP_MS = 30_000;

export type TestPlatform = Awaited<ReturnType<typeof startTestPlatform>>;

/** `extra` is environment of every service, on top of the usual. */
export async function startTestPlatform(extra: Record<string, string> = {}) {
  const directory = await mkdtemp(path.join(tmpdir(), 'waymark-platform-'));
  const gatewayPort = await freePort();
  const platform = await startPlatform({ directory, gatewayPort, say: () => undefined, extra });
  const { state, secrets } = platform;
  const shop = createShop({ gatewayUrl: state.gatewayUrl, clients: secrets.clients });
  const urlOf = (name: DatabaseName) => databaseUrl({ ports: state.ports, secrets }, name);
  /** Of an order of ada's. */
  async function stateOf(id: string): Promise<string> {
    const request = { method: 'GET', path: `/v1/orders/${id}` };
    return (await shop.call<OrderAnswer>('ada', request)).body.state;
  }

  return {
    ...platform,
    directory,
    gatewayUrl: state.gatewayUrl,
    shop,
    urlOf,

    stateOf,

    async untilConfirmed(id: string): Promise<void> {
      await eventually(async () => (await stateOf(id)) === 'confirmed', 30_000);
    },

    async brokenInvariants(): Promise<string[]> {
      const results = audit(await readBooks(urlOf, 0));
      return results.filter(({ findings }) => findings.length > 0).map(({ name }) => name);
    },

    async stop(): Promise<void> {
      await platform.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const orderWith = ({ cardToken = 'tok_approve', quantity = 1 } = {}) => ({
  lines: [{ productId: 'alloy-cookset-for-four', quantity }],
  payment: { cardToken },
  shipTo: demoAddress,
});
