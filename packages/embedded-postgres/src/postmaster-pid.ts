/**
 * Apart from start.ts, because the library behind that one takes over how its process ends, which is not for
 * whoever only looks.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The process id of the server that runs, or ran, on the data in this directory. */
export async function readPostmasterPid(directory: string): Promise<number | undefined> {
  const text = await readFile(path.join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isNaN(pid) ? undefined : pid;
}
