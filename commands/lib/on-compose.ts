/**
 * `--on compose`. Databases and brokers have no port outside of their network, so a command goes there: the same
 * file with the same arguments runs in a container of the service `tools`, which has a secret that says where
 * everything is (running.ts). Nothing of the command itself differs.
 */
import path from 'node:path';
import { UserError } from '../../infra/embedded/user-error.ts';
import { docker, dockerHere } from './docker.ts';
import { root } from './program.ts';
import { isInside } from './running.ts';

/** Throws UserError where there is no such place. */
export function placeOf(name: string): 'embedded' | 'compose' {
  if (name === 'embedded' || name === 'compose') return name;
  throw new UserError(`--on takes embedded or compose, not ${name}`);
}

/** Runs the command where its platform is, and returns its exit code; `more` are arguments for it in there. */
export async function runOn(
  name: string,
  command: () => Promise<number>,
  more: string[] = [],
): Promise<number> {
  if (placeOf(name) === 'embedded' || isInside) return command();
  const up = await docker(['compose', 'ps', '--status', 'running', '--quiet', 'gateway']);
  if (up === '') {
    throw new UserError('no platform runs on compose; start one with: docker compose up --wait');
  }
  const [, file = '', ...args] = process.argv;
  // Its own container would be listed as "Creating", before what the command says.
  const run = ['--progress', 'quiet', 'run', '--rm', '--no-TTY', '--no-deps', 'tools'];
  return dockerHere(['compose', ...run, 'node', path.relative(root, file), ...args, ...more]);
}
