/**
 * `npm run bench [-- NAME]` measures ours and the comparison in one run, in turns, prints the ratios with their
 * spread, and keeps them with the machine and the commit in bench/results. A ratio says more than a number:
 * machines differ, and this one may be busy. `--on compose` measures a platform in containers.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { runCommand } from '../commands/lib/running.ts';
import { parseArgs } from 'node:util';
import { placeOf } from '../commands/lib/on-compose.ts';
import { UserError } from '../infra/embedded/user-error.ts';
import { costs } from './costs.ts';
import { intake } from './intake.ts';
import { latency } from './latency.ts';
import { limits } from './limits.ts';
import { withPlatform } from './lib/bench.ts';
import { runOnCompose } from './lib/compose.ts';
import { overload } from './overload.ts';
import { reads } from './reads.ts';
import { relay } from './relay.ts';
import { starts } from './starts.ts';
import { telemetry } from './telemetry.ts';
import { tokens } from './tokens.ts';

const benches = [intake, reads, latency, relay, costs, telemetry, tokens, limits, overload, starts];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { on: { type: 'string', default: 'embedded' } },
  });
  const [wanted] = positionals;
  const place = placeOf(values.on);
  const here = place === 'compose' ? [latency, relay] : benches;
  const chosen = here.filter(({ name }) => wanted === undefined || name === wanted);
  if (chosen.length === 0) {
    throw new UserError(
      `there is no bench ${wanted ?? ''} on ${place}: ${here.map(({ name }) => name).join(', ')}`,
    );
  }
  for (const { name, run } of chosen) {
    print(`-- ${name}`);
    if (place === 'compose') keep(`${name}-on-compose`, await runOnCompose(name, print));
    else keep(name, await withPlatform({}, (context) => run(context, print)));
  }
  return 0;
});

function keep(name: string, results: unknown): void {
  const folder = path.join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
  };
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const record = { name, at: new Date().toISOString(), commit, machine, results };
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
}
