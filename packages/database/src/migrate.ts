/**
 * Applies a folder of numbered .sql files, forward only, each once and in a transaction of its own.
 * Several processes may try at once: an advisory lock lets one at a time through. A file that was already
 * applied and has changed since is an error, because the databases out there ran the other text.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

const LOCK = 4_711_001;
/** Longer than any other process's migrations take. */
const LOCK_TIMEOUT = '60s';

/** Applies what is missing and returns the names of the files that were. */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query('set lock_timeout = default');
    await client.query(
      'create table if not exists migrations (name text primary key, digest text not null, applied_at timestamptz not null default now())',
    );
    const applied: string[] = [];
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
      if (await applyOnce(client, folder, name)) applied.push(name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

async function applyOnce(client: pg.Client, folder: string, name: string): Promise<boolean> {
  const text = await readSql(path.join(folder, name));
  const digest = createHash('sha256').update(text).digest('hex');
  const done = await client.query<{ digest: string }>(
    'select digest from migrations where name = $1',
    [name],
  );
  const earlier = done.rows[0]?.digest;
  if (earlier === digest) return false;
  if (earlier !== undefined)
    throw new Error(`migration ${name} was changed after it had been applied`);
  try {
    await client.query('begin');
    await client.query(text);
    await client.query('insert into migrations (name, digest) values ($1, $2)', [name, digest]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${name} failed`, { cause: error });
  }
  return true;
}

/** The file's text; a line `\ir other.sql` includes another file, as it does in psql. */
async function readSql(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const parts = lines.map(async (line) => {
    const included = /^\\ir +(\S+)$/.exec(line)?.[1];
    return included === undefined ? line : readSql(path.resolve(path.dirname(file), included));
  });
  return (await Promise.all(parts)).join('\n');
}
