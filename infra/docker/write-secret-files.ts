/** Puts every secret into the folder of its reader, in the volume of secrets. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeSecret } from '../embedded/secrets.ts';
import type { MasterSecrets } from './master-secrets.ts';
import { secretFiles } from './secret-files.ts';

/** Returns how many readers there are. */
export async function writeSecretFiles(directory: string, master: MasterSecrets): Promise<number> {
  const readers = Object.entries(secretFiles(master));
  for (const [reader, files] of readers) {
    const folder = path.join(directory, reader);
    await mkdir(folder, { recursive: true });
    // Readable before it is in its place: a service may read its key ring at any moment.
    for (const [name, text] of Object.entries(files))
      await writeSecret(path.join(folder, name), text, 0o444);
  }
  return readers.length;
}
