/**
 * The whole platform on one machine: an embedded PostgreSQL and every service as a process of its own.
 * `npm start` runs it for people; the chaos test and the platform tests run it in a scratch directory.
 */
import { findObstacle } from '@waymark/embedded-postgres/obstacle.ts';
import { readPostmasterPid } from '@waymark/embedded-postgres/postmaster-pid.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from './user-error.ts';
import { claimDirectory } from './claim.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createLogLines } from './log-lines.ts';
import { manageProcess, type ManagedProcess, type ProcessSpec } from './managed-process.ts';
import { provision } from './provision.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { serviceNames, type ServiceName } from './names.ts';
import { environmentOf, flagsOf, gatewayUrl, type Ports, type Settings } from './services.ts';

export interface PlatformOptions {
  /** Where its data, secrets and logs live. */
  directory: string;
  gatewayPort: number;
  /** Forgets what an earlier start has left. */
  fresh?: boolean;
  /** Progress, and the warnings of the services. */
  say: (line: string) => void;
  /** Environment of every service, on top of the usual. */
  extra?: Record<string, string>;
}

/** What other commands need to know of a running platform; kept in `platform.json`. */
export interface PlatformState {
  pid: number;
  gatewayUrl: string;
  ports: Ports;
}

export interface Platform {
  state: PlatformState;
  secrets: Secrets;
  processes: Record<ServiceName | 'postgres', ManagedProcess>;
  /** The pid of the database server itself, which its process only looks after. */
  postmasterPid(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const READY_MS = 60_000;

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { directory } = options;
  await mkdir(path.dirname(directory), { recursive: true });
  const giveUpClaim = await claimDirectory(directory);
  try {
    return await startClaimed(options, giveUpClaim);
  } catch (error) {
    await giveUpClaim();
    throw error;
  }
}

async function startClaimed(
  options: PlatformOptions,
  giveUpClaim: () => Promise<void>,
): Promise<Platform> {
  const { directory, say } = options;
  const settings = await prepare(options);
  const { ports, secrets } = settings;
  const lines = createLogLines(directory, say);
  const manage = (name: string, file: string, how: Pick<ProcessSpec, 'env' | 'flags'>) =>
    manageProcess({
      name,
      file: fileURLToPath(new URL(file, import.meta.url)),
      ...how,
      onLine: (line) => {
        lines.take(name, line);
      },
      onDeath: (how, pauseMs) => {
        say(`${name} died (${how}), starting it again in ${String(pauseMs)} ms`);
      },
    });

  const dataDirectory = path.join(directory, 'postgres');
  const postgres = manage('postgres', './postgres.ts', {
    env: postgresEnvironment(settings, dataDirectory),
  });
  const services = serviceNames.map(
    (name) =>
      [
        name,
        manage(name, `../../services/${name}/src/main.ts`, {
          env: environmentOf(name, settings),
          flags: flagsOf(settings),
        }),
      ] as const,
  );
  const processes = Object.fromEntries([
    ['postgres', postgres],
    ...services,
  ]) as Platform['processes'];

  async function stop(): Promise<void> {
    housekeeping?.stop();
    // The door first, while everything behind it still answers; the database last.
    await processes.gateway.stop();
    await Promise.all(services.map(([, service]) => service.stop()));
    await postgres.stop();
    lines.close();
    await rm(path.join(directory, 'platform.json'), { force: true });
    await giveUpClaim();
  }

  let housekeeping: { stop(): void } | undefined;
  try {
    say('starting PostgreSQL');
    postgres.start();
    await provisionWhenUp(settings, postgres);
    say(`starting ${String(services.length)} services`);
    for (const [, service] of services) service.start();
    housekeeping = startHousekeeping(settings);
    await waitUntilReady(ports.services);
    say('all services are ready');
  } catch (error) {
    await stop();
    throw error;
  }
  const state: PlatformState = { pid: process.pid, gatewayUrl: gatewayUrl(ports), ports };
  await writeFile(path.join(directory, 'platform.json'), JSON.stringify(state, null, 2));
  return {
    state,
    secrets,
    processes,
    postmasterPid: () => readPostmasterPid(dataDirectory),
    stop,
  };
}

async function prepare(options: PlatformOptions): Promise<Settings> {
  const { directory, gatewayPort, fresh, extra = {} } = options;
  if (fresh === true) await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const obstacle = await findObstacle(directory);
  if (obstacle !== undefined) throw new UserError(obstacle);
  const secrets = await loadSecrets(directory);
  return { directory, ports: await choosePorts(gatewayPort), secrets, extra };
}

function postgresEnvironment({ ports, secrets }: Settings, dataDirectory: string) {
  return {
    POSTGRES_DIRECTORY: dataDirectory,
    POSTGRES_PORT: String(ports.postgres),
    POSTGRES_PASSWORD: secrets.postgresPassword,
  };
}

/** Neighbours of the gateway's port where they are free, so that addresses stay the same from start to start. */
async function choosePorts(gatewayPort: number): Promise<Ports> {
  let next = gatewayPort + 1;
  const choose = () => freePort(next++);
  const services = {} as Ports['services'];
  for (const name of serviceNames) {
    const port = name === 'gateway' ? gatewayPort : await choose();
    services[name] = { port, operationsPort: await choose() };
  }
  return { postgres: await choose(), services };
}

async function provisionWhenUp(settings: Settings, postgres: ManagedProcess): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    try {
      await provision(settings);
      return;
    } catch (error) {
      const refused = REFUSED.has(String((error as { code?: unknown }).code));
      if (!refused || performance.now() > deadline) throw error;
      if (postgres.pid() === undefined)
        throw new UserError('PostgreSQL cannot run here, see above', { cause: error });
      await sleep(100);
    }
  }
}

/** Not listening yet, or "the database system is starting up". */
const REFUSED = new Set(['ECONNREFUSED', '57P03']);

/** Throws where one of them is not ready after a minute, with what it said. */
export async function waitUntilReady(
  services: Record<string, { operationsPort: number }>,
): Promise<void> {
  const deadline = performance.now() + READY_MS;
  const waiting = new Map(Object.entries(services));
  let lastAnswer = '';
  while (waiting.size > 0) {
    for (const [name, { operationsPort }] of waiting) {
      const answer = await readiness(operationsPort);
      if (answer === 'ready') waiting.delete(name);
      else lastAnswer = `${name}: ${answer}`;
    }
    if (waiting.size === 0) break;
    if (performance.now() > deadline) throw new Error(`not ready after 60 s: ${lastAnswer}`);
    await sleep(100);
  }
}

async function readiness(operationsPort: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${String(operationsPort)}/readyz`, {
      signal: AbortSignal.timeout(3000),
    });
    return answer.ok ? 'ready' : await answer.text();
  } catch {
    return 'not listening yet';
  }
}
