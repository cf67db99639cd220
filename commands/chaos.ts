/**
 * `npm run chaos -- --orders 2000 --kills 60 --seed 7` starts a platform of its own, lets clients order while
 * processes are killed with SIGKILL, waits until it is quiet, and holds the books against what the clients were
 * answered. It exits with 1 unless nothing was lost, duplicated, charged twice, oversold or stuck. `--on compose`
 * does it with containers, brokers among them, and pauses some. `--plant` puts a known bug into the services, to
 * show that a run can fail.
 */
import { parseArgs } from 'node:util';
import { startComposeStage } from './lib/chaos-compose.ts';
import { startEmbeddedStage } from './lib/chaos-embedded.ts';
import { readChaosOptions } from './lib/chaos-options.ts';
import { planChaos, SCARCE_PRODUCTS } from './lib/chaos-plan.ts';
import { report } from './lib/chaos-report.ts';
import { runChaos } from './lib/chaos-run.ts';
import type { Stage } from './lib/chaos-stage.ts';
import { judge, type Verdict } from './lib/chaos-verdict.ts';
import { runCommand } from './lib/running.ts';
import { createShop, type Shop } from './lib/shop.ts';

type Options = ReturnType<typeof readChaosOptions>;
type Say = (line: string) => void;

const SCARCE_STOCK = 40;
const CLIENTS = 8;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      victims: { type: 'string' },
      plant: { type: 'string' },
      on: { type: 'string', default: 'embedded' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const options = readChaosOptions(values);
  const startedAt = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    if (values.verbose) print(`${seconds} s  ${line}`);
  };
  const { orders, kills, seed, on } = options;
  print(`chaos: ${String(orders)} orders, ${String(kills)} kills, seed ${String(seed)}, ${on}`);
  const interruption = Promise.withResolvers<undefined>();
  process.on('SIGINT', () => interruption.resolve(undefined));
  const stage = await startStage(options, say);
  let keep = true;
  let verdict: Verdict | undefined;
  try {
    verdict = await Promise.race([run(stage, options, say), interruption.promise]);
    keep = verdict?.passed === false;
  } finally {
    const kept = await stage.end({ keep });
    if (keep) print(`\nFAILED with seed ${String(seed)}; ${kept}`);
  }
  // Clients may still wait for an answer.
  return verdict === undefined ? process.exit(130) : keep ? 1 : 0;
});

async function startStage({ on, plant }: Options, say: Say): Promise<Stage> {
  if (on === 'compose') return startComposeStage(say);
  const settings = {
    ORDER_DEADLINE_SECONDS: '20',
    LOG_LEVEL: 'info',
    // Two customers place all the orders.
    RATE_LIMIT_SCALE: '0',
  };
  return startEmbeddedStage({ say, extra: { ...settings, ...plantEnvironment(plant) } });
}

function plantEnvironment(plant: string | undefined): Record<string, string> {
  if (plant === undefined) return {};
  const file = new URL('./lib/plant.ts', import.meta.url).href;
  return { WAYMARK_PLANT: plant, NODE_OPTIONS: `--import ${file}` };
}

async function run(stage: Stage, options: Options, say: Say): Promise<Verdict> {
  const productIds = await prepareStock(createShop(stage));
  const rounds = planChaos({ ...options, pauses: options.on === 'compose', productIds });
  const outcome = await runChaos({ stage, rounds, clients: CLIENTS, say });
  const verdict = judge(outcome);
  report(verdict, outcome, print);
  return verdict;
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
