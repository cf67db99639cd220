/**
 * A chaos run on the cluster, as it is: plan, clients and verdict are those of `npm run chaos`, a kill is a pod that is gone
 * without a grace, and Kubernetes makes another. What was in the books before is audited too, but is not the clients'.
 */
import { serviceNames, type ServiceName } from '../../../infra/embedded/names.ts';
import type { Books } from '../books.ts';
import { planChaos, type Fault, type Victim } from '../chaos-plan.ts';
import { runChaos, type ChaosOutcome } from '../chaos-run.ts';
import { until, type Stage } from '../chaos-stage.ts';
import { judge, type Verdict } from '../chaos-verdict.ts';
import type { Left } from '../left.ts';
import { createShop } from '../shop.ts';
import { forwardGateway } from './forward.ts';
import { inside, kubectl } from './kubectl.ts';

const victims: readonly Victim[] = [...serviceNames, 'kafka', 'redis', 'rabbitmq', 'postgres'];
const CLIENTS = 8;
const RECOVERY_MS = 180_000;
const LOOK_MS = 60_000;
const PRODUCTS = 60;

export interface ChaosOptions {
  orders: number;
  kills: number;
  seed: number;
  say: (line: string) => void;
}

export async function chaos(
  options: ChaosOptions,
): Promise<{ verdict: Verdict; outcome: ChaosOutcome }> {
  const forward = await forwardGateway();
  try {
    const described = await inside([
      '--print',
      'require("fs").readFileSync("/run/secrets/platform.json", "utf8")',
    ]);
    const { clients } = JSON.parse(described) as Pick<Stage, 'clients'>;
    const earlier = new Set((await books()).orders.map(({ id }) => id));
    const stage: Stage = {
      gatewayUrl: forward.url,
      clients,
      strike,
      left: async () => JSON.parse(await look('left')) as Left,
      books,
      end: () => Promise.resolve('nothing is kept'),
    };
    const outcome = await runChaos({
      ...options,
      stage,
      rounds: await plan(stage, options),
      clients: CLIENTS,
    });
    const orders = outcome.books.orders.filter(({ id }) => !earlier.has(id));
    return { outcome, verdict: judge({ ...outcome, books: { ...outcome.books, orders } }) };
  } finally {
    forward.close();
  }
}

/** A key is of this run alone, so that the same seed may run twice on one cluster. */
async function plan(stage: Stage, { orders, kills, seed }: ChaosOptions) {
  const productIds = (await createShop(stage).products(PRODUCTS)).map(({ id }) => id);
  const run = Date.now().toString(36);
  return planChaos({ orders, kills, seed, pauses: false, victims, productIds }).map((round) => ({
    ...round,
    orders: round.orders.map((order) => ({ ...order, key: `${order.key}-${run}` })),
  }));
}

const books = async () => JSON.parse(await look('books')) as Books;

const look = (what: string) => inside(['commands/lib/look.ts', what], { timeoutMs: LOOK_MS });

interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  status: { conditions?: { type: string; status: string }[] };
}

async function strike({ victim }: Fault): Promise<number> {
  const before = await podsOf(victim);
  const killed = before[Math.floor(Math.random() * before.length)];
  if (killed === undefined) throw new Error(`there is no pod of ${victim}`);
  const killedAt = performance.now();
  await kubectl(['delete', 'pod', killed.metadata.name, '--grace-period=0', '--force']);
  const dependents: readonly ServiceName[] = serviceNames.filter((name) => name === victim);
  const names: readonly Victim[] = dependents.length > 0 ? dependents : [victim, ...serviceNames];
  const back = async () => {
    const pods = await Promise.all(names.map(podsOf));
    const left = pods.flat().some(({ metadata }) => metadata.uid === killed.metadata.uid);
    return !left && pods.every((of) => of.length > 0 && of.every(isReady));
  };
  await until(back, { timeoutMs: RECOVERY_MS, complaint: `${victim} did not come back` });
  return performance.now() - killedAt;
}

async function podsOf(name: Victim): Promise<Pod[]> {
  const selector = `--selector=app.kubernetes.io/name=${name}`;
  const { items } = JSON.parse(await kubectl(['get', 'pods', selector, '--output=json'])) as {
    items: Pod[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function isReady({ status }: Pod): boolean {
  return (
    status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  );
}
