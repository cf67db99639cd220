/**
 * `npm run clients` prints who may ask for tokens on the platform that runs here: the demo clients, their secrets and
 * scopes, and the people who sign in, with their passwords. All of them were made at its first start.
 */
import { parseArgs } from 'node:util';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand } from './lib/running.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);

await runCommand(async () => {
  const { values } = parseArgs({ options: { on: { type: 'string', default: 'embedded' } } });
  return runOn(values.on, async () => {
    const { clients, people } = await getRunning();
    print('clients that act for themselves, by grant_type=client_credentials');
    for (const client of clients) {
      const secret = 'clientSecret' in client ? client.clientSecret : 'signs, by private_key_jwt';
      print(`  ${client.clientId.padEnd(10)} ${secret.padEnd(44)} ${client.scope}`);
    }
    print('people, who sign in on a page of the shop');
    for (const { username, password, role = 'customer' } of people)
      print(`  ${username.padEnd(10)} ${password.padEnd(44)} ${role}`);
    return 0;
  });
});
