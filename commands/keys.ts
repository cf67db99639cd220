/**
 * `npm run keys -- list | rotate-signing | rotate`: the keys that sign tokens, and those that personal fields are
 * sealed with. Rotating fails no request: a new signing key is known everywhere before it signs, and of the others the
 * old one stays until nothing needs it. A rotation that was broken off goes on where the command is run again.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { recordAct } from '@waymark/database/audit-trail.ts';
import pg from 'pg';
import { rotateSecrets } from '../infra/embedded/rotate-secrets.ts';
import { UserError } from '../infra/embedded/user-error.ts';
import { listEncryptionKeys, retireOldKeys } from './lib/data-keys.ts';
import { docker } from './lib/docker.ts';
import { runOn } from './lib/on-compose.ts';
import { getRunning, isInside, platformDirectory, runCommand } from './lib/running.ts';

const usage = `npm run keys -- list
npm run keys -- rotate-signing
npm run keys -- rotate
`;

/** Three times what a replica takes to publish a key, and a service to fetch it: 5 s each. */
const PUBLISHED_FOR = '15 s';
/** The life of a token, 300 s, what a replica takes to sign with the other key, and the minute that clocks may differ. */
const NEEDED_FOR = '370 s';

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      on: { type: 'string', default: 'embedded' },
      // Of this command to itself, in the platform's network.
      id: { type: 'string' },
    },
  });
  const [verb] = positionals;
  if (verb === 'rotate') return rotateEncryption(values.on, values.id);
  return runOn(values.on, () => obey(verb));
});

async function obey(verb: string | undefined): Promise<number> {
  if (verb !== 'list' && verb !== 'rotate-signing')
    throw new UserError(`say what to do:\n${usage}`);
  const { databaseUrl } = await getRunning();
  const client = new pg.Client({ connectionString: databaseUrl('identity') });
  await client.connect();
  try {
    if (verb === 'rotate-signing') await rotate(client);
    await list(client);
  } finally {
    await client.end();
  }
  if (verb === 'list') await printEncryptionKeys();
  return 0;
}

// #region rotate-in-three-steps
// A new key comes first in the ring, and the services wrap by it from then on; they wrap anew what the old one has
// wrapped; and once their databases let nothing be wrapped by the old one any more, it leaves the ring. Each step
// can be repeated, and after a crash between any two of them nothing is wrapped by a key that is not in the ring.
async function rotateEncryption(on: string, idFromOutside?: string): Promise<number> {
  if (!isInside && on === 'embedded') await getRunning();
  const id = idFromOutside ?? (await changeRings(on, 'begin'));
  const retire = async () => {
    await retireOldKeys(await getRunning(), id);
    await printEncryptionKeys();
    return 0;
  };
  const code = await runOn(on, retire, ['--id', id]);
  if (code === 0 && !isInside) await changeRings(on, 'end');
  return code;
}
// #endregion

/** Where the secrets are written; returns the id of the key that wraps. */
function changeRings(on: string, step: 'begin' | 'end'): Promise<string> {
  if (on !== 'compose') return rotateSecrets(path.resolve(platformDirectory), step);
  const run = ['--progress', 'quiet', 'run', '--rm', '--no-TTY', '--no-deps', 'secrets'];
  return docker(['compose', ...run, 'node', 'infra/docker/rotate-keys.ts', step]);
}

async function printEncryptionKeys(): Promise<void> {
  for (const line of await listEncryptionKeys(await getRunning()))
    process.stdout.write(`${line}\n`);
}

async function rotate(client: pg.Client): Promise<void> {
  try {
    await client.query('begin');
    await client.query('select rotate_signing_key($1, $2)', [PUBLISHED_FOR, NEEDED_FOR]);
    const rotation = { actor: 'operator', act: 'rotate-signing', object: 'signing keys' };
    await recordAct((text, values) => client.query(text, values), rotation, new Date());
    await client.query('commit');
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // What the function itself says.
    throw code === 'P0001' ? new UserError(message) : error;
  }
}

async function list(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ kid: string; state: string; ends_at: Date | null }>(
    'select kid, state, ends_at from signing_keys order by created_at desc',
  );
  for (const { kid, state, ends_at: endsAt } of rows) {
    const until = endsAt === null ? '' : ` until ${endsAt.toISOString()}`;
    process.stdout.write(`${kid}  ${state}${until}\n`);
  }
}
