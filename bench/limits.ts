/**
 * Limits: whether three replicas of the gateway allow together what one may. Everybody asks in the name of one client,
 * of all three, as fast as they answer; what passed is held against the bucket: its burst, and what it refilled.
 */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { request } from 'undici';
import { fileURLToPath } from 'node:url';
import { manageProcess } from '../infra/embedded/managed-process.ts';
import { waitUntilReady } from '../infra/embedded/platform.ts';
import { environmentOf } from '../infra/embedded/services.ts';
import type { Bench, BenchContext } from './lib/bench.ts';

const REPLICAS = 3;
const CLIENTS = 12;
const SECONDS = 20;
/** Of the limit on reads: 600 a minute in the long run, 200 at once (services/gateway/src/limits.ts). */
const SCALE = 10;
const BURST = 200 * SCALE;
const PER_SECOND = 10 * SCALE;

export const limits: Bench = {
  name: 'limits',
  async run(context, print) {
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => startGateway(context)),
    );
    try {
      const urls = replicas.map(({ url }) => `${url}/v1/orders?limit=1`);
      const headers = { authorization: `Bearer ${await context.shop.token('ada')}` };
      const { statuses, seconds } = await askAll(urls, headers);
      const passed = statuses.get(200) ?? 0;
      const allowed = BURST + PER_SECOND * seconds;
      const deviation = passed / allowed - 1;
      const asked = [...statuses.values()].reduce((sum, count) => sum + count, 0);
      print(
        `${String(REPLICAS)} replicas, ${String(asked)} requests in ${seconds.toFixed(1)} s: ` +
          `${String(passed)} passed of ${allowed.toFixed(0)} allowed, ${(deviation * 100).toFixed(2)} %`,
      );
      return { replicas: REPLICAS, statuses: Object.fromEntries(statuses), allowed, deviation };
    } finally {
      await Promise.all(replicas.map(({ stop }) => stop()));
    }
  },
};

async function askAll(urls: string[], headers: Record<string, string>) {
  const statuses = new Map<number, number>();
  const start = performance.now();
  const client = async (_: unknown, index: number) => {
    for (let next = index; performance.now() - start < SECONDS * 1000; next += 1) {
      const { statusCode, body } = await request(urls[next % urls.length] ?? '', { headers });
      await body.dump();
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { statuses, seconds: (performance.now() - start) / 1000 };
}

/** One more gateway before the same services, on the same store. */
async function startGateway({ platform: { state, secrets } }: BenchContext) {
  const at = { port: await freePort(), operationsPort: await freePort() };
  const env = environmentOf('gateway', {
    directory: '',
    ports: state.ports,
    secrets,
    extra: {
      PORT: String(at.port),
      OPERATIONS_PORT: String(at.operationsPort),
      RATE_LIMIT_SCALE: String(SCALE),
      LOG_LEVEL: 'warn',
    },
  });
  const gateway = manageProcess({
    name: 'gateway',
    file: fileURLToPath(new URL('../services/gateway/src/main.ts', import.meta.url)),
    env,
    onLine: (line) => process.stderr.write(`${line}\n`),
    onDeath: () => undefined,
  });
  gateway.start();
  await waitUntilReady({ gateway: at });
  return { url: `http://127.0.0.1:${String(at.port)}`, stop: () => gateway.stop() };
}
