/**
 * A platform in containers for a run of its own: a compose project from docker-compose.yml, infra/docker/apart.yml and
 * what the run changes, with volumes of its own and its gateway on a port of its own, so that it disturbs no other.
 */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { serviceNames } from '../../infra/embedded/names.ts';
import { docker } from './docker.ts';

/** Images may have to be built first, but not in this time. */
const START_SECONDS = '300';

export interface ComposeProject {
  project: string;
  gatewayUrl: string;
  compose(...args: string[]): Promise<string>;
  /** Runs a command in a container of `service`, in the platform's network, and returns what it prints. */
  inside(service: string, ...command: string[]): Promise<string>;
  /** Removes everything. */
  wipe(): Promise<string>;
}

/** Builds the images, starts all and resolves when all is ready. `changes` is a file of its own for compose. */
export async function startProject(options: {
  name: string;
  changes: string;
  say: (line: string) => void;
}): Promise<ComposeProject> {
  const project = `waymark-${options.name}-${Date.now().toString(36)}`;
  const gatewayPort = String(await freePort());
  const files = ['docker-compose.yml', 'infra/docker/apart.yml', options.changes];
  const compose = (...args: string[]) =>
    docker(['compose', '--project-name', project, ...files.flatMap(toOption), ...args], {
      GATEWAY_PORT: gatewayPort,
    });
  const wipe = () => compose('down', '--volumes', '--timeout', '2');
  try {
    options.say(`building images, starting containers as ${project}`);
    await compose('build', 'tools', ...serviceNames);
    await compose('up', '--wait', '--wait-timeout', START_SECONDS, ...serviceNames);
  } catch (error) {
    await wipe();
    throw error;
  }
  return {
    project,
    gatewayUrl: `http://localhost:${gatewayPort}`,
    compose,
    inside: (service, ...command) =>
      compose('run', '--rm', '--no-TTY', '--no-deps', service, ...command),
    wipe,
  };
}

function toOption(file: string): string[] {
  return ['--file', file];
}
