/** Finds the platform that runs here, for the commands that talk to it. */
import { isAlive } from '../../infra/embedded/claim.ts';
import { readSecrets, type Client, type Person } from '../../infra/embedded/secrets.ts';
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

/** Set in a container of a platform's own network: the file that describes the platform (Addresses, as JSON). */
const addressesFile = process.env.WAYMARK_PLATFORM_FILE;

export interface Running {
  gatewayUrl: string;
  clients: Client[];
  people: Person[];
  databaseUrl(name: DatabaseName): string;
  eventLogUrl: string;
}

interface Addresses extends Pick<Running, 'gatewayUrl' | 'clients' | 'people' | 'eventLogUrl'> {
  databaseUrls: Partial<Record<DatabaseName, string>>;
}

/** Whether this process is in the network of a platform in containers. */
export const isInside = addressesFile !== undefined;

/** The platform of `npm start`. */
export async function findRunning(
  directory = platformDirectory,
): Promise<(Running & { pid: number }) | undefined> {
  const file = path.join(directory, 'platform.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { pid, gatewayUrl, ports } = JSON.parse(text) as PlatformState;
  if (!isAlive(pid)) return undefined;
  const secrets = await readSecrets(directory);
  const urlOf = (name: DatabaseName) => databaseUrl({ ports, secrets }, name);
  const { clients, people } = secrets;
  return { pid, gatewayUrl, clients, people, databaseUrl: urlOf, eventLogUrl: urlOf('broker') };
}

/** Throws UserError where nothing runs. */
export async function getRunning(): Promise<Running> {
  if (addressesFile !== undefined) return readAddresses(addressesFile);
  const running = await findRunning();
  if (running === undefined) {
    throw new UserError('no platform is running here; start one with: npm start');
  }
  return running;
}

async function readAddresses(file: string): Promise<Running> {
  const { databaseUrls, ...rest } = JSON.parse(await readFile(file, 'utf8')) as Addresses;
  return { ...rest, databaseUrl: (name) => databaseUrls[name] ?? '' };
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
