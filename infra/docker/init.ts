/**
 * The job that mints the secrets of a containerised platform, at its first start, into one volume (secret-files.ts
 * says what lies in it). Later starts find them there, add what a newer version needs, and renew certificates in time.
 */
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeSecret } from '../embedded/secrets.ts';
import { loadMasterSecrets } from './master-secrets.ts';
import { secretFiles } from './secret-files.ts';

const { SECRETS_DIRECTORY = '/secrets' } = process.env;

const master = await loadMasterSecrets(path.join(SECRETS_DIRECTORY, 'platform'));
const readers = Object.entries(secretFiles(master));
for (const [reader, files] of readers) {
  const folder = path.join(SECRETS_DIRECTORY, reader);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await writeSecret(file, text);
    await chmod(file, 0o444);
  }
}
process.stdout.write(`secrets for ${String(readers.length)} readers are in their places\n`);
