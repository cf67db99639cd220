/**
 * `npm run k8s -- up | order | audit | roll | scale | chaos | down` drives the platform in the cluster that KUBECONFIG names.
 * `roll`, `scale` and `chaos` do something to it under load and say what customers noticed; they exit with 1 unless
 * nothing was lost.
 */
import { parseArgs } from 'node:util';
import { serviceNames } from '../infra/embedded/names.ts';
import { wholeNumber } from './lib/chaos-options.ts';
import { report } from './lib/chaos-report.ts';
import { chaos } from './lib/k8s/chaos.ts';
import { checkCluster, insideHere, kubectl, NAMESPACE } from './lib/k8s/kubectl.ts';
import { roll } from './lib/k8s/roll.ts';
import { scale } from './lib/k8s/scale.ts';
import { up } from './lib/k8s/up.ts';
import { runCommand } from './lib/running.ts';

const usage = `npm run k8s -- COMMAND [options], on the cluster that KUBECONFIG names
  up     builds the images, applies k8s/overlays/dev and waits until all is ready
           --load COMMAND    takes images from Docker to the nodes: "kind load docker-image"
  order  places an order and follows it
  audit  every invariant, over every service's books
  roll   replaces every pod of every service under load
           --rate N          orders a second (20)
  scale  measures intake and catching up, with 1 and 3 replicas
  chaos  kills pods at random under load, and holds the books against what clients were told
           --orders N        (300)   --kills N   (10)   --seed N
  down   deletes the namespace and all that is in it
`;

const DOWN_MS = 180_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface Words {
  load?: string | undefined;
  rate: string;
  orders: string;
  kills: string;
  seed: string;
}

const commands: Record<string, (words: Words) => Promise<number>> = {
  async up({ load }) {
    await up({ load, say: print });
    print('\nready: npm run k8s -- order');
    return 0;
  },
  order: () => insideHere(['commands/order.ts']),
  audit: () => insideHere(['commands/audit.ts']),
  async roll({ rate }) {
    const { placed, lost } = await roll(serviceNames, wholeNumber('rate', rate, 1), print);
    const failed = placed.sent - placed.accepted;
    print(`${String(lost.length)} orders lost`);
    return failed === 0 && lost.length === 0 ? 0 : 1;
  },
  async scale() {
    const { intake, catchingUp, lost } = await scale(print);
    print(`intake, three to one: ${ratio(intake)}; catching up: ${ratio(catchingUp)}`);
    print(`${String(lost.length)} orders lost`);
    return lost.length === 0 ? 0 : 1;
  },
  async chaos(words) {
    const orders = wholeNumber('orders', words.orders, 1);
    const kills = wholeNumber('kills', words.kills, 0);
    const seed = wholeNumber('seed', words.seed, 0);
    const { verdict, outcome } = await chaos({ orders, kills, seed, say: print });
    report(verdict, outcome, print);
    return verdict.passed ? 0 : 1;
  },
  async down() {
    const words = ['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait'];
    await kubectl(words, { timeoutMs: DOWN_MS });
    return 0;
  },
};

function ratio(measured: { perSecond: number }[]): string {
  const [one, three] = measured.map(({ perSecond }) => perSecond);
  return ((three ?? 0) / (one ?? 1)).toFixed(2);
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      load: { type: 'string' },
      rate: { type: 'string', default: '20' },
      orders: { type: 'string', default: '300' },
      kills: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      help: { type: 'boolean', default: false },
    },
  });
  const run = positionals.length === 1 ? commands[positionals[0] ?? ''] : undefined;
  if (values.help || run === undefined) {
    print(usage);
    return values.help ? 0 : 1;
  }
  await checkCluster();
  return run(values);
});
