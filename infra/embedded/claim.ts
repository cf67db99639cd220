/**
 * One platform per directory: two that start at the same moment would stop each other's database server. The
 * claim is a file beside the directory with the pid of its holder; one whose holder is gone counts for nothing.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { UserError } from './user-error.ts';

/** Returns what gives the claim back. Throws UserError where another process holds it. */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  const file = `${directory}.lock`;
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && isAlive(holder)) {
      throw new UserError(
        `another process (pid ${String(holder)}) runs a platform in ${directory}; if that is not so, remove ${file}`,
      );
    }
    await rm(file, { force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
