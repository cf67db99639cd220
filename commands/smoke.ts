/**
 * `npm run smoke -- --url https://shop.example` looks at a shop from outside, right after it was deployed, and ends with
 * 1 where a rule is broken. It has no credential; an order of its own is what `npm run order` places.
 */
import { parseArgs } from 'node:util';
import { smoke } from './lib/delivery/smoke-checks.ts';
import { runCommand } from './lib/running.ts';

await runCommand(async () => {
  const { values } = parseArgs({
    options: { url: { type: 'string', default: 'http://localhost:8080' } },
  });
  const findings = await smoke(values.url);
  for (const { rule, complaint } of findings) {
    console.log(complaint === undefined ? `ok      ${rule}` : `BROKEN  ${rule}: ${complaint}`);
  }
  return findings.every(({ complaint }) => complaint === undefined) ? 0 : 1;
});
