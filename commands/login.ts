/**
 * `npm run login` signs a person in from the command line: it shows a code, waits until that is entered in a browser,
 * and keeps the tokens. `npm run order -- --as me` and `npm run token -- --as me` then act for that person.
 */
import { logIn } from './lib/device-login.ts';
import { getRunning, runCommand } from './lib/running.ts';

await runCommand(async () => {
  const { gatewayUrl } = await getRunning();
  await logIn(gatewayUrl, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write('signed in; now: npm run order -- --as me\n');
  return 0;
});
