/** What a promotion and a deployment do to a cluster, seen at what kubectl is asked and at what is left running. */
import { expect, test } from '@jest/globals';
import type { Manifest } from '../lib/delivery/canary.ts';
import { createCluster } from '../lib/delivery/cluster.ts';
import { promote, putBack } from '../lib/delivery/promote.ts';
import type { Verdict } from '../lib/delivery/slo.ts';
import { deployment, scriptCluster, type ScriptedCluster } from './kubectl-script.ts';

const job: Manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate' } };
const config: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
/** The new version: gateway is as it was. */
const manifests = [config, job, deployment('orders', 'orders:2'), deployment('gateway', 'gw:1')];
const plan = { shares: [0.1, 0.5], soakMs: 2, patienceMs: 5 };
const NEW = { orders: 'orders:2', gateway: 'gw:1' };
const OLD = { orders: 'orders:1', gateway: 'gw:1' };

const running = () =>
  scriptCluster(deployment('orders', 'orders:1'), deployment('gateway', 'gw:1'));
const clusterOf = ({ kubectl }: ScriptedCluster) =>
  createCluster(kubectl, { manifests, timeoutMs: 1000 });

/** Promotes while the shop looks as `look` says, on a clock that moves by one at each look. */
async function run(script: ScriptedCluster, look: (limit: number, at: number) => Verdict) {
  const lines: string[] = [];
  let nowMs = 0;
  const end = await promote({
    cluster: clusterOf(script),
    plan,
    now: () => nowMs,
    pause: async () => {
      nowMs += 1;
    },
    look: async (limit) => look(limit, nowMs),
    say: (line) => lines.push(line),
  });
  return { end, lines };
}

test('a calm promotion goes through every share and leaves the new version and no canary', async () => {
  const script = running();
  const replicas: (number | undefined)[] = [];
  const { end, lines } = await run(script, () => {
    replicas.push(script.replicasOf('orders-canary'));
    return 'calm';
  });
  expect(end).toEqual({ state: 'promoted' });
  expect(lines).toEqual(['canary at 10 %', 'canary at 50 %', 'everywhere', 'promoted']);
  // Of four old pods: one more is the least there can be, four more are half of all.
  expect(replicas).toEqual([1, 1, 1, 4, 4, 4, 4, 4, 4]);
  expect(script.images()).toEqual(NEW);
});

test('migrations are over before a pod of the new version is there', async () => {
  const script = running();
  await run(script, () => 'calm');
  const at = (start: string) => script.calls.findIndex((call) => call.startsWith(start));
  expect(at('delete jobs --ignore-not-found migrate')).toBe(0);
  expect(at('get job migrate')).toBeGreaterThan(at('apply'));
  expect(at('get deployments')).toBeGreaterThan(at('get job migrate'));
});

test('a migration that fails ends it before any pod has changed', async () => {
  const script = running();
  const failed = { type: 'Failed', status: 'True', message: 'BackoffLimitExceeded' };
  script.interfere = (line) =>
    line.startsWith('get job') ? JSON.stringify({ status: { conditions: [failed] } }) : undefined;
  await expect(run(script, () => 'calm')).rejects.toThrow(
    'job migrate failed: BackoffLimitExceeded',
  );
  expect(script.images()).toEqual(OLD);
});

test('a canary that burns is deleted, and the old pods were never touched', async () => {
  const script = running();
  const limits: number[] = [];
  const { end } = await run(script, (limit) => {
    limits.push(limit);
    return 'burning';
  });
  expect(end).toMatchObject({ state: 'rolled-back', from: 'canary' });
  expect(limits).toEqual([expect.closeTo(1.44)]);
  expect(script.images()).toEqual(OLD);
  expect(script.calls.filter((call) => call.startsWith('apply'))).toHaveLength(2);
});

test('where it burns only when it is everywhere, every service returns to what it was', async () => {
  const script = running();
  const { end } = await run(script, (_, at) => (at === 8 ? 'burning' : 'calm'));
  expect(end).toMatchObject({ state: 'rolled-back', from: 'everywhere' });
  expect(script.images()).toEqual(OLD);
  // What did not change has no earlier version to return to, and is told its own.
  expect(script.calls).toContain(
    'rollout undo deployment/gateway --to-revision=1 --namespace waymark',
  );
});

test('a step that fails on the way puts the old version back, and says what failed', async () => {
  const script = running();
  let applied = 0;
  script.interfere = (line) => {
    if (line.startsWith('apply') && ++applied === 4) throw new Error('the API server is away');
    return undefined;
  };
  await expect(run(script, () => 'calm')).rejects.toThrow('the API server is away');
  expect(script.images()).toEqual(OLD);
});

test('a cluster that does not answer for a moment is waited for', async () => {
  const script = running();
  let asked = 0;
  script.interfere = (line) => {
    // The first two are for what runs before, the third is the first look.
    if (line.startsWith('get deployments') && ++asked === 3) throw new Error('too many requests');
    return undefined;
  };
  expect((await run(script, () => 'calm')).end).toEqual({ state: 'promoted' });
});

test('what a killed promotion has left is put back by another process', async () => {
  const script = running();
  const killed = clusterOf(script);
  await killed.prepare();
  await killed.remember();
  await killed.setCanary(0.5);
  await killed.rollOut();
  expect(script.images()).toMatchObject({ 'orders-canary': 'orders:2', orders: 'orders:2' });

  // Begun again, it must not take the half of a new version for what there was before.
  await clusterOf(script).remember();
  await putBack(clusterOf(script));
  expect(script.images()).toEqual(OLD);
  // A second time finds nothing to do.
  await putBack(clusterOf(script));
  expect(script.images()).toEqual(OLD);
});

test("a canary's pods get the Service's requests, and are claimed by no other Deployment", async () => {
  const script = running();
  const inputs: string[] = [];
  await createCluster(
    (args, input) => {
      if (args[0] === 'apply') inputs.push(input ?? '');
      return script.kubectl(args, input);
    },
    { manifests, timeoutMs: 1000 },
  ).setCanary(0.5);
  const { items } = JSON.parse(inputs[0] ?? '') as { items: ReturnType<typeof deployment>[] };
  const [canary] = items;
  const both = { 'app.kubernetes.io/name': 'orders', 'waymark.example/track': 'canary' };
  expect(canary?.spec.template.metadata.labels).toEqual(both);
  expect(canary?.spec.selector.matchLabels).toEqual(both);
});
