/** Finds the platform that `npm start` runs here, for the commands that talk to it. */
import { isAlive } from '../../infra/embedded/claim.ts';
import { readSecrets, type Secrets } from '../../infra/embedded/secrets.ts';
import type { PlatformState } from '../../infra/embedded/platform.ts';
import type { DatabaseName } from '../../infra/embedded/names.ts';
import { databaseUrl } from '../../infra/embedded/services.ts';
import { UserError } from '../../infra/embedded/user-error.ts';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the platform of this checkout lives, or another that WAYMARK_DIRECTORY names. */
export const platformDirectory =
  process.env.WAYMARK_DIRECTORY ??
  fileURLToPath(new URL('../../.waymark/platform', import.meta.url));

export interface Running {
  state: PlatformState;
  secrets: Secrets;
  databaseUrl(name: DatabaseName): string;
}

export async function findRunning(directory = platformDirectory): Promise<Running | undefined> {
  const file = path.join(directory, 'platform.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as PlatformState;
  if (!isAlive(state.pid)) return undefined;
  const secrets = await readSecrets(directory);
  return {
    state,
    secrets,
    databaseUrl: (name) => databaseUrl({ ports: state.ports, secrets }, name),
  };
}

/** Throws UserError where nothing runs. */
export async function getRunning(): Promise<Running> {
  const running = await findRunning();
  if (running === undefined) {
    throw new UserError('no platform is running here; start one with: npm start');
  }
  return running;
}

/** Runs a command's main function; sets the exit code. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const expected = error instanceof UserError || isUsage(error);
    const text = error instanceof Error ? (expected ? error.message : error.stack) : String(error);
    process.stderr.write(`waymark: ${text ?? ''}\n`);
    process.exitCode = 1;
  }
}

function isUsage(error: unknown): boolean {
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
