/**
 * Reads: products out of the cache, from the catalog itself and through the gateway, against a bare Fastify that
 * answers with the same product and the same page, in turns.
 */
import type { ManagedProcess } from '../infra/embedded/managed-process.ts';
import type { Bench } from './lib/bench.ts';
import { compare, compareCpu, noteCpu } from './lib/compare.ts';
import { getLoad } from './lib/get-load.ts';
import { ownMs } from './lib/usage.ts';

const CLIENTS = 16;
const SECONDS = 3;
const ROUNDS = 5;

export const reads: Bench = {
  name: 'reads',
  async run({ platform, productIds, startBare }, print) {
    const { gatewayUrl, ports } = platform.state;
    const { catalog, gateway } = platform.processes;
    const catalogUrl = `http://127.0.0.1:${String(ports.services.catalog.port)}`;
    const product = `/v1/products/${productIds[0] ?? ''}`;
    const page = '/v1/products';
    const answers = {
      product: await json(catalogUrl + product),
      page: await json(catalogUrl + page),
    };
    const bare = await startBare({ ANSWERS: JSON.stringify(answers) });
    const against = async (what: string, ours: Side, path: string) => {
      const sides = {
        ours: side(ours),
        limit: side({ url: bare.url, paths: [path], pids: () => [bare.pid] }),
      };
      await sides.ours.warmUp();
      await sides.limit.warmUp();
      const throughput = await compare(
        { ours: sides.ours.load, limit: sides.limit.load },
        { what, rounds: ROUNDS, print },
      );
      const cpu = compareCpu(
        { ours: sides.ours.perAnswerMs, limit: sides.limit.perAnswerMs },
        print,
      );
      return { ...throughput, cpu };
    };
    const products = productIds.map((id) => `/v1/products/${id}`);
    const [direct, through] = [
      { url: catalogUrl, pids: pidsOf([catalog]) },
      { url: gatewayUrl, pids: pidsOf([gateway, catalog]) },
    ];
    const results = [
      await against('a product, catalog', { ...direct, paths: products }, '/products/x'),
      await against('a page, catalog', { ...direct, paths: [page] }, '/products'),
      await against('a product, gateway', { ...through, paths: products }, '/products/x'),
      await against('a page, gateway', { ...through, paths: [page] }, '/products'),
    ];
    return { clients: CLIENTS, seconds: SECONDS, rounds: ROUNDS, results };
  },
};

interface Side {
  url: string;
  paths: string[];
  /** The processes that the answers cost CPU time. */
  pids: () => (number | undefined)[];
}

function side({ url, paths, pids }: Side) {
  const load = () => getLoad(url, paths, { clients: CLIENTS, seconds: SECONDS });
  const usedMs = () => pids().reduce<number>((sum, pid) => sum + ownMs(pid), 0);
  return { warmUp: load, ...noteCpu(load, usedMs) };
}

function pidsOf(processes: ManagedProcess[]) {
  return () => processes.map(({ pid }) => pid());
}

async function json(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${String(answer.status)}`);
  return answer.json();
}
