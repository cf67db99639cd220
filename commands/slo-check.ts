/**
 * `npm run slo-check -- --prometheus URL` says how fast each objective spends its error budget, and ends with 0 where
 * none does so too fast, 1 where one does, and 2 where that cannot be said: Prometheus is away, or an objective
 * had no events to judge by. A deployment goes on only at 0.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { FAST, judge, readBurns } from './lib/delivery/slo.ts';
import { runCommand } from './lib/running.ts';

const UNKNOWN = 2;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      prometheus: { type: 'string', default: 'http://localhost:9090' },
      window: { type: 'string', default: '10m' },
      limit: { type: 'string', default: String(FAST) },
    },
  });
  const limit = Number(values.limit);
  if (!(limit > 0)) throw new UserError(`--limit takes a burn rate above 0, not ${values.limit}`);
  const burns = await readBurns(values.prometheus, values.window).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    console.error(`waymark: ${error.message}`);
    return [];
  });
  for (const { slo, rate } of burns) {
    console.log(
      `${slo.padEnd(22)} ${rate === undefined ? 'no events' : `burns at ${rate.toFixed(2)}`}`,
    );
  }
  const verdict = judge(burns, limit);
  console.log(`${verdict}: the limit is ${values.limit}, over ${values.window}`);
  return { calm: 0, burning: 1, unknown: UNKNOWN }[verdict];
});
