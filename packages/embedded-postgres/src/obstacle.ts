/**
 * What can be in the way of an embedded PostgreSQL, besides a port in use. It comes for some platforms only. And
 * it refuses to run as root, so under root it runs as the user "postgres", who must be able to enter
 * every folder on the way to the data and to the program. A checkout in root's own home is not such a place.
 */
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';

/** Where npm has a package of PostgreSQL for. */
const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];

/** One line that says what is in the way and what to do, or undefined. */
export async function findObstacle(
  directory: string,
  platform = `${process.platform}-${process.arch}`,
): Promise<string | undefined> {
  if (!SUPPORTED.includes(platform)) {
    return `PostgreSQL comes as an npm package for ${SUPPORTED.join(', ')}, but not for ${platform}`;
  }
  if (process.platform === 'win32' || userInfo().uid !== 0) return undefined;
  for (const start of [path.dirname(directory), import.meta.dirname]) {
    for (let folder = start; folder !== path.dirname(folder); folder = path.dirname(folder)) {
      const { mode } = await stat(folder);
      if ((mode & 0o001) === 0) {
        return `PostgreSQL cannot run as root, and the user postgres cannot enter ${folder}: chmod o+x ${folder}, or use another folder or user`;
      }
    }
  }
  return undefined;
}
