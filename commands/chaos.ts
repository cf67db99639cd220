/**
 * `npm run chaos -- --orders 2000 --kills 60 --seed 7` starts a platform of its own in a scratch directory, lets
 * clients order while processes are killed with SIGKILL, waits until it is quiet, and holds the books against
 * what the clients were answered. It exits with 1 unless nothing was lost, duplicated, charged twice, oversold
 * or stuck. `--plant` puts a known bug into the services, to show that a run can fail.
 */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatform } from '../infra/embedded/platform.ts';
import { serviceNames } from '../infra/embedded/names.ts';
import { planChaos, SCARCE_PRODUCTS, type Victim } from './lib/chaos-plan.ts';
import { runChaos } from './lib/chaos-run.ts';
import { judge, type Verdict } from './lib/chaos-verdict.ts';
import { plantNames } from './lib/plant.ts';
import { runCommand } from './lib/running.ts';
import { UserError } from '../infra/embedded/user-error.ts';
import { createShop, type Shop } from './lib/shop.ts';

const allVictims: Victim[] = [...serviceNames, 'postgres'];
const SCARCE_STOCK = 40;
const CLIENTS = 8;
const SHOWN = 20;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const options = readOptions();
  const directory = await mkdtemp(path.join(tmpdir(), 'waymark-chaos-'));
  const startedAt = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    if (options.verbose) print(`${seconds} s  ${line}`);
  };
  print(
    `chaos: ${String(options.orders)} orders, ${String(options.kills)} kills, seed ${String(options.seed)}`,
  );
  const platform = await startPlatform({
    directory,
    gatewayPort: await freePort(),
    say,
    extra: {
      ORDER_DEADLINE_SECONDS: '20',
      LOG_LEVEL: 'info',
      // Two customers place all the orders.
      RATE_LIMIT_SCALE: '0',
      ...plantEnvironment(options.plant),
    },
  });
  const interrupted = () => void platform.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  let verdict: Verdict;
  try {
    const shop = createShop({
      gatewayUrl: platform.state.gatewayUrl,
      clients: platform.secrets.clients,
    });
    const productIds = await prepareStock(shop);
    const rounds = planChaos({ ...options, productIds });
    const outcome = await runChaos({ platform, shop, rounds, clients: CLIENTS, say });
    verdict = judge(outcome);
    report(verdict, outcome.recoveriesMs, outcome.quiet);
  } finally {
    process.off('SIGINT', interrupted);
    await platform.stop();
  }
  if (verdict.passed) {
    await rm(directory, { recursive: true, force: true });
    return 0;
  }
  print(`\nFAILED with seed ${String(options.seed)}; data and logs are kept in ${directory}`);
  return 1;
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      victims: { type: 'string', default: allVictims.join(',') },
      plant: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const victims = values.victims.split(',').map((name) => {
    const victim = allVictims.find((candidate) => candidate === name);
    if (victim === undefined)
      throw new UserError(`cannot kill ${name}; there are ${allVictims.join(', ')}`);
    return victim;
  });
  if (values.plant !== undefined && !plantNames.includes(values.plant)) {
    throw new UserError(`no such bug to plant; there are ${plantNames.join(', ')}`);
  }
  return {
    orders: wholeNumber('orders', values.orders, 1),
    kills: wholeNumber('kills', values.kills, 0),
    seed: wholeNumber('seed', values.seed, 0),
    victims,
    plant: values.plant,
    verbose: values.verbose,
  };
}

function wholeNumber(name: string, text: string, minimum: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= minimum) return number;
  throw new UserError(`--${name} must be a whole number from ${String(minimum)}`);
}

function plantEnvironment(plant: string | undefined): Record<string, string> {
  if (plant === undefined) return {};
  const file = new URL('./lib/plant.ts', import.meta.url).href;
  return { WAYMARK_PLANT: plant, NODE_OPTIONS: `--import ${file}` };
}

/** Makes the first few products scarce, so that the clients race for them. */
async function prepareStock(shop: Shop): Promise<string[]> {
  const productIds = (await shop.products(60)).map(({ id }) => id);
  for (const id of productIds.slice(0, SCARCE_PRODUCTS)) {
    const path = `/v1/stock/${id}`;
    const answer = await shop.call('staff', {
      method: 'PUT',
      path,
      json: { onHand: SCARCE_STOCK },
    });
    if (answer.status !== 200)
      throw new Error(`cannot set the stock of ${id}: ${String(answer.status)}`);
  }
  return productIds;
}

function report({ counts, bad, findings }: Verdict, recoveriesMs: number[], quiet: boolean): void {
  for (const [name, count] of Object.entries({ ...counts, ...bad })) {
    print(`${name.padEnd(16)} ${String(count).padStart(6)}`);
  }
  const sorted = recoveriesMs.toSorted((a, b) => a - b);
  const half = sorted[Math.floor(sorted.length / 2)] ?? 0;
  print(
    `recovery after a kill: p50 ${half.toFixed(0)} ms, max ${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
  );
  if (!quiet) print('it did not get quiet in time');
  for (const { subject, kind, what } of findings.slice(0, SHOWN))
    print(`  ${kind}: ${subject}: ${what}`);
}
