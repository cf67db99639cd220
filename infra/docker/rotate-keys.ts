/**
 * The steps of `npm run keys -- rotate` that are on files, for a platform in containers: `begin` and `end`, run in the
 * job that mints the secrets, which alone may write them. Prints the id of the new keys.
 */
import path from 'node:path';
import { rotateSecrets } from '../embedded/rotate-secrets.ts';
import { loadMasterSecrets } from './master-secrets.ts';
import { writeSecretFiles } from './write-secret-files.ts';

const { SECRETS_DIRECTORY = '/secrets' } = process.env;
const platform = path.join(SECRETS_DIRECTORY, 'platform');

const id = await rotateSecrets(platform, process.argv[2] === 'end' ? 'end' : 'begin');
await writeSecretFiles(SECRETS_DIRECTORY, await loadMasterSecrets(platform));
process.stdout.write(id);
