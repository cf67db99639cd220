/**
 * A chaos run on containers: a compose project of its own, with volumes of its own, from docker-compose.yml and
 * infra/docker/chaos.yml. Brokers are victims like databases and services, and some faults are pauses: a frozen
 * server keeps its connections and answers nothing, which is harder to notice than a death.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames, type ServiceName } from '../../infra/embedded/names.ts';
import type { Books } from './books.ts';
import type { Fault, Victim } from './chaos-plan.ts';
import { until, type Stage } from './chaos-stage.ts';
import { startProject } from './compose-project.ts';
import { docker } from './docker.ts';
import type { Left } from './left.ts';

export const composeVictims: readonly Victim[] = [
  ...serviceNames,
  'kafka',
  'redis',
  'rabbitmq',
  'postgres',
];

const RECOVERY_MS = 120_000;

export async function startComposeStage(say: (line: string) => void): Promise<Stage> {
  const changes = 'infra/docker/chaos.yml';
  const started = await startProject({ name: 'chaos', changes, say });
  const { project, gatewayUrl, compose, inside, wipe } = started;
  const described = await inside('tools', 'cat', '/run/secrets/platform.json');
  const { clients } = JSON.parse(described) as Pick<Stage, 'clients'>;
  const look = (what: string) => inside('tools', 'node', 'commands/lib/look.ts', what);
  return {
    gatewayUrl,
    clients,
    strike: (fault) => strike(project, fault),
    left: async () => JSON.parse(await look('left')) as Left,
    books: async () => JSON.parse(await look('books')) as Books,
    async end({ keep }) {
      await (keep ? compose('stop') : wipe());
      return `its containers are stopped and kept: docker compose -p ${project} logs, then down --volumes`;
    },
  };
}

async function strike(project: string, { victim, pauseMs }: Fault): Promise<number> {
  const containerOf = (name: Victim) => `${project}-${name}-1`;
  const container = containerOf(victim);
  let harmedAt = performance.now();
  if (pauseMs === undefined) {
    await docker(['kill', '--signal', 'KILL', container]);
    // To Docker, `kill` is a person who wants it dead, so its restart policy does not apply.
    await docker(['start', container]);
  } else {
    await docker(['pause', container]);
    await sleep(pauseMs);
    await docker(['unpause', container]);
    harmedAt = performance.now();
  }
  const dependents: readonly ServiceName[] = serviceNames.filter((name) => name === victim);
  const names = dependents.length > 0 ? dependents : serviceNames;
  const back = async () => {
    const ready = await Promise.all(names.map((name) => isReady(containerOf(name))));
    return ready.every(Boolean);
  };
  await until(back, { timeoutMs: RECOVERY_MS, complaint: `${victim} did not come back` });
  return performance.now() - harmedAt;
}

/** Asked here, because Docker itself asks only every few seconds. */
async function isReady(container: string): Promise<boolean> {
  return docker(['exec', container, 'node', 'infra/docker/health.mjs']).then(
    () => true,
    () => false,
  );
}
