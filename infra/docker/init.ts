/**
 * The job that mints the secrets of a containerised platform, at its first start, into one volume (secret-files.ts
 * says what lies in it). Later starts find them there, add what a newer version needs, and renew certificates in time.
 */
import path from 'node:path';
import { loadMasterSecrets } from './master-secrets.ts';
import { writeSecretFiles } from './write-secret-files.ts';

const { SECRETS_DIRECTORY = '/secrets' } = process.env;

const master = await loadMasterSecrets(path.join(SECRETS_DIRECTORY, 'platform'));
const readers = await writeSecretFiles(SECRETS_DIRECTORY, master);
process.stdout.write(`secrets for ${String(readers)} readers are in their places\n`);
