/**
 * `npm run audit` checks the invariants on the running platform's data and prints a table; it exits with 1 if
 * one fails. What changed within the grace is left out: an order that was confirmed a second ago may not be
 * captured yet, and that is no damage.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { audit, confirmed } from './lib/audit.ts';
import { readBooks } from './lib/books.ts';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand } from './lib/running.ts';

const SHOWN = 20;
/** Longer than an order takes to get from one service to the next. */
const SECOND_LOOK_MS = 3000;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      grace: { type: 'string', default: '10' },
      on: { type: 'string', default: 'embedded' },
    },
  });
  return runOn(values.on, () => check(values.grace));
});

async function check(grace: string): Promise<number> {
  const { databaseUrl } = await getRunning();
  const look = async () => audit(await readBooks(databaseUrl, Number(grace)));
  const first = await look();
  const clean = first.every(({ findings }) => findings.length === 0);
  if (!clean) await sleep(SECOND_LOOK_MS);
  const results = clean ? first : confirmed(first, await look());
  for (const { name, cases, findings } of results) {
    const verdict = findings.length === 0 ? 'holds' : `${String(findings.length)} BROKEN`;
    process.stdout.write(`${name.padEnd(70)} ${String(cases).padStart(7)}  ${verdict}\n`);
    for (const { subject, kind, what } of findings.slice(0, SHOWN)) {
      process.stdout.write(`    ${kind}: ${subject}: ${what}\n`);
    }
  }
  if (grace !== '0') {
    process.stdout.write(
      `\nWhat changed in the last ${grace} s is left out; --grace 0 takes it in.\n`,
    );
  }
  return results.every(({ findings }) => findings.length === 0) ? 0 : 1;
}
