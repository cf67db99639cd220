/**
 * `npm run attack` attacks the platform that runs here, from outside and from this machine alone, and says of each
 * attack what came back. It exits with 1 where one gets through, and where one could not be carried out.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { families } from './lib/attack/families.ts';
import { lineOf, runAttacks, summaryOf } from './lib/attack/run-attacks.ts';
import { checkTarget, createTarget } from './lib/attack/target.ts';
import { runOn } from './lib/on-compose.ts';
import { getRunning, isInside, runCommand } from './lib/running.ts';

const names = families.map(({ name }) => name).join(', ');
const usage = `npm run attack -- [options]
  --only FAMILY  one of ${names}
  --on compose   at the platform of docker compose up, in place of npm start's
`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      on: { type: 'string', default: 'embedded' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return 0;
  }
  return runOn(values.on, () => attack(values.only));
});

async function attack(only: string | undefined): Promise<number> {
  const chosen = families.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw new UserError(`--only takes one of ${names}`);
  const running = await getRunning();
  checkTarget(running.gatewayUrl, isInside ? 'gateway' : undefined);
  const target = createTarget(running);
  const startedAt = performance.now();
  try {
    const rows = await runAttacks(target, chosen, (row) => {
      print(lineOf(row));
    });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    print(`${summaryOf(rows)}, in ${String(seconds)} s`);
    return rows.every(({ outcome }) => outcome === 'refused') ? 0 : 1;
  } finally {
    target.close();
  }
}
