/**
 * The whole platform in the cluster that KUBECONFIG names. These tests take it for theirs: they bring the platform up and
 * delete it at the end, so they also want KUBERNETES_LOAD, which nobody has set for a cluster that is in use. It takes images to
 * the nodes, as `--load` does, and may be empty; KUBERNETES_RATE is the orders a second of a roll.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { serviceNames } from '../../infra/embedded/names.ts';
import { chaos } from '../lib/k8s/chaos.ts';
import { inside, kubectl, NAMESPACE } from '../lib/k8s/kubectl.ts';
import { roll } from '../lib/k8s/roll.ts';
import { scale } from '../lib/k8s/scale.ts';
import { up } from '../lib/k8s/up.ts';

const UP_MS = 900_000;
const say = (line: string) => process.stderr.write(`${line}\n`);
const minutes = (count: number) => count * 60_000;

function describeWithCluster(title: string, body: () => void): void {
  const named = process.env.KUBECONFIG !== undefined && process.env.KUBERNETES_LOAD !== undefined;
  const ask = () => spawnSync('kubectl', ['get', '--raw', '/readyz'], { timeout: 10_000 }).status;
  if (named && ask() === 0) describe(title, body);
  else
    describe.skip(
      `${title} (skipped: KUBECONFIG and KUBERNETES_LOAD name no cluster for tests)`,
      body,
    );
}

interface Pod {
  metadata: { name: string };
  status: {
    conditions: { type: string; lastTransitionTime: string }[];
    containerStatuses: { state: { running?: { startedAt: string } } }[];
  };
}

async function podOf(name: string, isIt: (pod: Pod) => boolean = () => true): Promise<Pod> {
  const selector = `--selector=app.kubernetes.io/name=${name}`;
  const answer = await kubectl(['get', 'pods', selector, '--output=json']);
  const { items } = JSON.parse(answer) as { items: Pod[] };
  const pod = items.find(isIt);
  if (pod === undefined) throw new Error(`there is no such pod of ${name}`);
  return pod;
}

/** Kubernetes counts whole seconds. */
function secondsToReady({ status }: Pod): number {
  const started = status.containerStatuses[0]?.state.running?.startedAt ?? '';
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '';
  return (Date.parse(ready) - Date.parse(started)) / 1000;
}

const auditIsClean = () => inside(['commands/audit.ts'], { timeoutMs: minutes(2) });

describeWithCluster('on Kubernetes', () => {
  beforeAll(() => up({ load: process.env.KUBERNETES_LOAD ?? '', say }), UP_MS);
  afterAll(
    () => kubectl(['delete', 'namespace', NAMESPACE, '--wait'], { timeoutMs: minutes(3) }),
    minutes(4),
  );

  test(
    'an order is confirmed, and the books are right',
    async () => {
      expect(await inside(['commands/order.ts'], { timeoutMs: minutes(2) })).toMatch(
        /-> confirmed/,
      );
      await auditIsClean();
    },
    minutes(4),
  );

  test(
    'a service that starts while the node has little to do is ready within seconds',
    async () => {
      const before = await podOf('orders');
      await kubectl(['rollout', 'restart', 'deployment/orders']);
      await kubectl(['rollout', 'status', 'deployment/orders', '--timeout=60s']);
      const pod = await podOf('orders', (one) => one.metadata.name !== before.metadata.name);
      const seconds = secondsToReady(pod);
      say(`orders is ready ${String(seconds)} s after its container started`);
      expect(seconds).toBeLessThanOrEqual(10);
    },
    minutes(2),
  );

  test(
    'the API server finds nothing wrong with any manifest of Kubernetes’ own kinds',
    async () => {
      for (const overlay of ['dev', 'staging', 'production']) {
        const words = ['--dry-run=server', '--server-side', '--force-conflicts', '--filename', '-'];
        const built = await kubectl(['kustomize', `k8s/overlays/${overlay}`]);
        const own = built
          .split(/^---$/m)
          .filter((text) => !OPERATORS.test(text) && !/^kind: Job$/m.test(text));
        const answer = await kubectl(['apply', ...words], { input: own.join('---') });
        expect(answer.trim().split('\n').length).toBeGreaterThan(50);
      }
    },
    minutes(2),
  );

  test(
    'every pod is replaced under load, no request fails and no order is lost',
    async () => {
      const rate = Number(process.env.KUBERNETES_RATE ?? '20');
      const { placed, lost } = await roll(serviceNames, rate, say);
      say(JSON.stringify({ ...placed, ids: placed.ids.length }));
      expect({ failures: placed.failures, lost }).toEqual({ failures: {}, lost: [] });
      await auditIsClean();
    },
    minutes(8),
  );

  test(
    'pods are killed at random under load, and nothing is lost, doubled or stuck',
    async () => {
      const { verdict, outcome } = await chaos({ orders: 200, kills: 6, seed: 7, say });
      say(
        JSON.stringify({
          ...verdict.counts,
          ...verdict.bad,
          recoveries: outcome.recoveries.length,
        }),
      );
      expect(verdict.findings).toEqual([]);
      expect(verdict.passed).toBe(true);
    },
    minutes(8),
  );

  test(
    'three replicas of orders take more than one, and none is lost on the way',
    async () => {
      const { intake, catchingUp, lost } = await scale(say);
      say(JSON.stringify({ intake, catchingUp }));
      const [one, three] = intake.map(({ perSecond }) => perSecond);
      expect((three ?? 0) / (one ?? 0)).toBeGreaterThan(1.3);
      expect(lost).toEqual([]);
      await auditIsClean();
    },
    minutes(15),
  );
});

const OPERATORS =
  /^kind: (ExternalSecret|Certificate|Issuer|HTTPRoute|ScaledObject|TriggerAuthentication)$/m;
