/**
 * `npm run login` signs a person in from the command line: it shows a code, waits until that is entered in a browser,
 * and keeps the tokens; `--role support` asks for what the shop's support may do. `npm run order -- --as me` and `npm run token -- --as me` then act for that person.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { logIn, scopes } from './lib/device-login.ts';
import { getRunning, runCommand } from './lib/running.ts';

await runCommand(async () => {
  const { values } = parseArgs({ options: { role: { type: 'string', default: 'customer' } } });
  const { role } = values;
  if (role !== 'customer' && role !== 'support')
    throw new UserError(`--role takes customer or support, not ${role}`);
  const { gatewayUrl } = await getRunning();
  await logIn({ gatewayUrl, scope: scopes[role] }, (line) => process.stdout.write(`${line}\n`));
  const next = role === 'customer' ? 'npm run order -- --as me' : 'npm run token -- --as me';
  process.stdout.write(`signed in; now: ${next}\n`);
  return 0;
});
