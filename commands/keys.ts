/**
 * `npm run keys -- list | rotate-signing`: the keys that sign tokens. Rotating makes the published next key the one
 * that signs and retires the one before it; no request fails, because every service knows the key by then.
 */
import { parseArgs } from 'node:util';
import { recordAct } from '@waymark/database/audit-trail.ts';
import pg from 'pg';
import { UserError } from '../infra/embedded/user-error.ts';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand } from './lib/running.ts';

const usage = `npm run keys -- list
npm run keys -- rotate-signing
`;

/** Three times what a replica takes to publish a key, and a service to fetch it: 5 s each. */
const PUBLISHED_FOR = '15 s';
/** The life of a token, 300 s, what a replica takes to sign with the other key, and the minute that clocks may differ. */
const NEEDED_FOR = '370 s';

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { on: { type: 'string', default: 'embedded' } },
  });
  return runOn(values.on, () => obey(positionals[0]));
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
  return 0;
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
