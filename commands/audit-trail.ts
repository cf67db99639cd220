/**
 * `npm run audit-trail -- verify` checks the chain of acts in each database that has one, names the first row that does
 * not fit, and prints each chain's last hash. Keep that somewhere else: `--expect <hash>` finds that it is still in a
 * chain, which nothing in the database itself could tell after somebody cut its end off, or wrote all of it anew.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { verify } from './lib/audit-trail.ts';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand } from './lib/running.ts';

const usage = 'npm run audit-trail -- verify [--expect <hash>]\n';

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      expect: { type: 'string', multiple: true, default: [] },
      on: { type: 'string', default: 'embedded' },
    },
  });
  if (positionals[0] !== 'verify') throw new UserError(`say what to do:\n${usage}`);
  return runOn(values.on, async () => {
    const { lines, whole } = await verify((await getRunning()).databaseUrl, values.expect);
    for (const line of lines) process.stdout.write(`${line}\n`);
    return whole ? 0 : 1;
  });
});
