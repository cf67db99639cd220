/**
 * The whole platform in the cluster that KUBECONFIG names. These tests take it for theirs: they bring the platform up and
 * delete it at the end, so they also want KUBERNETES_LOAD, which nobody has set for a cluster that is in use. It takes images to
 * the nodes, as `--load` does, and may be empty; KUBERNETES_RATE is the orders a second of a roll.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { serviceNames } from '../../infra/embedded/names.ts';
import { until } from '../lib/chaos-stage.ts';
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

async function newestPodOf(name: string): Promise<string> {
  const words = [
    `--selector=app.kubernetes.io/name=${name}`,
    '--sort-by=.metadata.creationTimestamp',
  ];
  const names = await kubectl(['get', 'pods', ...words, '--output=name']);
  return names.trim().split('\n').at(-1) ?? '';
}

/** From the start of the process until a probe was first told "ready", as its log says: Kubernetes' own stamps are whole seconds. */
async function startSeconds(pod: string): Promise<number> {
  const said = (await kubectl(['logs', pod]))
    .split('\n')
    .find((line) => line.includes('"msg":"ready"'));
  return (JSON.parse(said ?? '{}') as { afterMs: number }).afterMs / 1000;
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
      const before = await newestPodOf('orders');
      await kubectl(['rollout', 'restart', 'deployment/orders']);
      await until(async () => (await newestPodOf('orders')) !== before, {
        timeoutMs: 10_000,
        complaint: 'there is no new pod',
      });
      const pod = await newestPodOf('orders');
      await kubectl(['wait', pod, '--for=condition=Ready', '--timeout=60s']);
      const seconds = await startSeconds(pod);
      say(`orders was ready within ${seconds.toFixed(1)} s of its process's start`);
      expect(seconds).toBeLessThan(6);
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
    'every pod is replaced under load, no request fails and every order is confirmed',
    async () => {
      const rate = Number(process.env.KUBERNETES_RATE ?? '50');
      const { placed, lost, confirmed } = await roll(serviceNames, rate, say);
      say(JSON.stringify({ ...placed, ids: placed.ids.length }));
      expect({ failures: placed.failures, lost, confirmed }).toEqual({
        failures: {},
        lost: [],
        confirmed: placed.accepted,
      });
      await auditIsClean();
    },
    minutes(20),
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
