/**
 * PostgreSQL refuses to run as root, so under root it runs as the user "postgres", who must be able to enter
 * every folder on the way to the data and to the program. A checkout in root's own home is not such a place.
 */
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';

/** One line that says what is in the way and what to do, or undefined. */
export async function findObstacle(directory: string): Promise<string | undefined> {
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
