/** A chaos run on this machine: services and database as processes, in a scratch directory, killed with SIGKILL. */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serviceNames, type ServiceName } from '../../infra/embedded/names.ts';
import { startPlatform, type Platform } from '../../infra/embedded/platform.ts';
import { databaseUrl } from '../../infra/embedded/services.ts';
import { readBooks } from './books.ts';
import { until, type Stage } from './chaos-stage.ts';
import { countLeft } from './left.ts';

export type EmbeddedVictim = ServiceName | 'postgres';

export const embeddedVictims: readonly EmbeddedVictim[] = [...serviceNames, 'postgres'];

const RECOVERY_MS = 60_000;

export interface EmbeddedOptions {
  say: (line: string) => void;
  /** Environment of every service. */
  extra: Record<string, string>;
}

export async function startEmbeddedStage({ say, extra }: EmbeddedOptions): Promise<Stage> {
  const directory = await mkdtemp(path.join(tmpdir(), 'waymark-chaos-'));
  const gatewayPort = await freePort();
  const platform = await startPlatform({ directory, gatewayPort, say, extra });
  const { state, secrets } = platform;
  const urlOf = (name: Parameters<typeof databaseUrl>[1]) =>
    databaseUrl({ ports: state.ports, secrets }, name);

  return {
    gatewayUrl: state.gatewayUrl,
    clients: secrets.clients,
    async strike({ victim: name }) {
      const victim = embeddedVictims.find((candidate) => candidate === name);
      if (victim === undefined) throw new Error(`there is no process ${name}`);
      const before = await pidOf(platform, victim);
      if (before === undefined) throw new Error(`${victim} is not running, so it cannot be killed`);
      process.kill(before, 'SIGKILL');
      const complaint = `${victim} did not come back`;
      const killedAt = performance.now();
      await until(() => isBack(platform, victim, before), { timeoutMs: RECOVERY_MS, complaint });
      return performance.now() - killedAt;
    },
    left: () => countLeft({ databaseUrl: urlOf, eventLogUrl: urlOf('broker') }),
    books: () => readBooks(urlOf, 0),
    async end({ keep }) {
      await platform.stop();
      if (!keep) await rm(directory, { recursive: true, force: true });
      return `data and logs are kept in ${directory}`;
    },
  };
}

async function pidOf(platform: Platform, victim: EmbeddedVictim): Promise<number | undefined> {
  return victim === 'postgres' ? platform.postmasterPid() : platform.processes[victim].pid();
}

/** The database is back when everything that needs it is ready. */
async function isBack(
  platform: Platform,
  victim: EmbeddedVictim,
  before: number,
): Promise<boolean> {
  const pid = await pidOf(platform, victim);
  if (pid === undefined || pid === before) return false;
  const names = victim === 'postgres' ? serviceNames : [victim];
  const ready = await Promise.all(
    names.map(async (name) => {
      const { operationsPort } = platform.state.ports.services[name];
      const url = `http://127.0.0.1:${String(operationsPort)}/readyz`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
      return answer?.ok === true;
    }),
  );
  return ready.every(Boolean);
}
