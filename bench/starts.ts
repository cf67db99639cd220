/**
 * Starts: the CPU time that a service takes until all of it is loaded, traced, as its image does it. Ours finds what Node
 * makes of source before it can run it (infra/docker/compile.ts); the comparison makes it anew. A release starts every
 * service, on machines that are serving meanwhile.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from './lib/bench.ts';
import { compareCpu } from './lib/compare.ts';

const ROUNDS = 7;
const START_MS = 60_000;
const root = path.join(import.meta.dirname, '..');

export const starts: Bench = {
  name: 'starts',
  async run(_context, print) {
    const directory = await mkdtemp(path.join(tmpdir(), 'waymark-starts-'));
    try {
      const kept = { NODE_COMPILE_CACHE: directory };
      await load(kept);
      const ours: number[] = [];
      const limit: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        ours.push(await load(kept));
        limit.push(await load({ NODE_DISABLE_COMPILE_CACHE: '1' }));
      }
      print('a start of orders, with compiled code and without');
      return { rounds: ROUNDS, cpu: compareCpu({ ours, limit }, print) };
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

const LOAD = `
await import('./packages/telemetry/src/register.ts');
await import('./services/orders/src/app.ts');
const { user, system } = process.cpuUsage();
process.stdout.write(String((user + system) / 1000));
process.exit();
`;

/** In milliseconds of CPU time. */
async function load(settings: Record<string, string>): Promise<number> {
  const env = { PATH: process.env.PATH, ...settings };
  const options = { cwd: root, env, timeout: START_MS };
  const words = ['--input-type=module', '--eval', LOAD];
  const { stdout } = await promisify(execFile)(process.execPath, words, options);
  return Number(stdout);
}
