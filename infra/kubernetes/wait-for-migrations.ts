/**
 * Runs in a pod before its service: ends when the database knows every migration that the image brings, which the Job
 * `databases` sees to. A database that is further along is fine: that is the other half of expand, then contract.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Then the container fails, which a person sees, and is started again. */
const GIVE_UP_MS = 120_000;
const PAUSE_MS = 500;

const { SERVICE = '', DATABASE_URL_FILE = '' } = process.env;
const folder = new URL(`../../services/${SERVICE}/migrations/`, import.meta.url);
const needed = (await readdir(folder)).filter((file) => file.endsWith('.sql'));

const deadline = performance.now() + GIVE_UP_MS;
let missing = await findMissing();
while (missing !== '') {
  if (performance.now() > deadline) throw new Error(`gave up: ${missing}`);
  process.stdout.write(`${missing}\n`);
  await sleep(PAUSE_MS);
  missing = await findMissing();
}

/** What there is to wait for; nothing where all is there. */
async function findMissing(): Promise<string> {
  const client = new pg.Client({
    connectionString: (await readFile(DATABASE_URL_FILE, 'utf8')).trim(),
    connectionTimeoutMillis: 3000,
    query_timeout: 3000,
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select name from migrations');
    const applied = new Set(rows.map(({ name }) => name));
    return needed.filter((name) => !applied.has(name)).join(', ');
  } catch (error) {
    return `the database: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}
