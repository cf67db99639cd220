/**
 * What a delivery does to a cluster, through kubectl. First all that the services stand on, and the Jobs among it to
 * their end, so that the migrations are in the databases before a pod of the new version is; then the
 * services. What the new version replaces is written on the Deployments themselves, so that going back needs no
 * memory of the process that went forth.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../../infra/embedded/user-error.ts';
import {
  CANARY,
  canaryOf,
  canaryReplicas,
  isDeployment,
  type Deployment,
  type Manifest,
} from './canary.ts';
import type { Kubectl } from './kubectl.ts';

/** The revision that a Deployment had before the promotion that is under way. */
const BEFORE = 'waymark.example/before';
const REVISION = 'deployment.kubernetes.io/revision';
const [[TRACK, TRACK_VALUE] = ['', '']] = Object.entries(CANARY);
const POLL_MS = 2000;

export type Cluster = ReturnType<typeof createCluster>;

interface Live extends Deployment {
  metadata: Deployment['metadata'] & { generation: number };
  status: { observedGeneration?: number; updatedReplicas?: number; availableReplicas?: number } & {
    replicas?: number;
  };
}

export function createCluster(
  kubectl: Kubectl,
  { manifests, timeoutMs }: { manifests: readonly Manifest[]; timeoutMs: number },
) {
  const deployments = manifests.filter(isDeployment);
  const others = manifests.filter((manifest) => !isDeployment(manifest));
  const jobs = others.filter(({ kind }) => kind === 'Job');
  const namespace = deployments.find(({ metadata }) => metadata.namespace)?.metadata.namespace;
  const here = namespace === undefined ? [] : ['--namespace', namespace];
  const inNamespace = (...args: string[]) => kubectl([...args, ...here]);

  const apply = (items: readonly Manifest[]) =>
    kubectl(
      ['apply', '--server-side', '--force-conflicts', '--field-manager=waymark', '--filename=-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );

  async function live(): Promise<Live[]> {
    const list = await inNamespace('get', 'deployments', '--output=json');
    return (JSON.parse(list) as { items: Live[] }).items;
  }

  const isCanary = ({ metadata }: Manifest) => metadata.labels?.[TRACK] === TRACK_VALUE;

  return {
    /** Applies all but the Deployments; throws UserError where a Job fails or does not end in time. */
    async prepare(): Promise<void> {
      const names = jobs.map(({ metadata }) => metadata.name);
      // A Job's template cannot be changed, and one that is done does not run again.
      if (names.length > 0) await inNamespace('delete', 'jobs', '--ignore-not-found', ...names);
      await apply(others);
      for (const name of names) await waitForJob(inNamespace, name, timeoutMs);
    },

    rollOut: () => apply(deployments),

    /** Throws UserError where a service is not ready in time. */
    async waitUntilRolledOut(): Promise<void> {
      const timeout = `--timeout=${String(Math.ceil(timeoutMs / 1000))}s`;
      for (const { metadata } of deployments) {
        await inNamespace('rollout', 'status', `deployment/${metadata.name}`, timeout);
      }
    },

    /** Notes what runs, for `goBack`; a note that is there already is of an earlier try, and stays. */
    async remember(): Promise<void> {
      for (const { metadata } of (await live()).filter((one) => !isCanary(one))) {
        const revision = metadata.annotations?.[REVISION];
        if (revision === undefined || metadata.annotations?.[BEFORE] !== undefined) continue;
        await inNamespace('annotate', 'deployment', metadata.name, `${BEFORE}=${revision}`);
      }
    },

    /** Brings the canary of each service to `share` of its pods. */
    async setCanary(share: number): Promise<void> {
      const running = await live();
      const canaries = deployments.map((deployment) => {
        const old = running.find(({ metadata }) => metadata.name === deployment.metadata.name);
        return canaryOf(deployment, canaryReplicas(old?.spec.replicas ?? 1, share));
      });
      await apply(canaries);
    },

    /** Whether every pod of the new version that is wanted now is there and ready. */
    async isReady(state: 'canary' | 'everywhere'): Promise<boolean> {
      const wanted = (await live()).filter((one) => isCanary(one) === (state === 'canary'));
      return wanted.length > 0 && wanted.every(isRolledOut);
    },

    async removeCanary(): Promise<void> {
      const selector = `--selector=${TRACK}=${TRACK_VALUE}`;
      await inNamespace('delete', 'deployments', selector, '--ignore-not-found');
    },

    /** What was promoted is what later promotions go back to. */
    async forget(): Promise<void> {
      await inNamespace('annotate', 'deployments', '--all', `${BEFORE}-`);
    },

    /** Every Deployment at the revision that `remember` noted; one that has not changed is left as it is. */
    async goBack(): Promise<void> {
      for (const { metadata } of await live()) {
        const before = metadata.annotations?.[BEFORE];
        if (before === undefined) continue;
        const to = `--to-revision=${before}`;
        await inNamespace('rollout', 'undo', `deployment/${metadata.name}`, to);
      }
    },
  };
}

function isRolledOut({ metadata, spec, status }: Live): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status.observedGeneration === metadata.generation &&
    status.updatedReplicas === wanted &&
    status.availableReplicas === wanted &&
    status.replicas === wanted
  );
}

interface Job {
  status: { conditions?: { type: string; status: string; message?: string }[] };
}

async function waitForJob(
  inNamespace: (...args: string[]) => Promise<string>,
  name: string,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { status } = JSON.parse(await inNamespace('get', 'job', name, '--output=json')) as Job;
    const is = (type: string) =>
      status.conditions?.find((one) => one.type === type && one.status === 'True');
    if (is('Complete') !== undefined) return;
    const failed = is('Failed');
    if (failed !== undefined) throw new UserError(`job ${name} failed: ${failed.message ?? ''}`);
    if (performance.now() > deadline) throw new UserError(`job ${name} did not end in time`);
    await pause(POLL_MS);
  }
}
