/**
 * `npm run promote -- --overlay production --digests FILE --prometheus URL` brings a build to all pods in steps, and
 * takes it back where an error budget burns, where pods do not get ready, or where nothing can be seen. Exit code 0
 * means that all pods are new, 1 that all are old. `--abort` puts back what a run left that was killed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { createCluster } from './lib/delivery/cluster.ts';
import { kubectl } from './lib/delivery/kubectl.ts';
import { renderOverlay } from './lib/delivery/overlay.ts';
import { promote, putBack } from './lib/delivery/promote.ts';
import { judge, readBurns } from './lib/delivery/slo.ts';
import { readMinutes, readShares } from './lib/delivery/words.ts';
import { runCommand } from './lib/running.ts';

const LOOK_EVERY_MS = 15_000;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      overlay: { type: 'string', default: 'production' },
      digests: { type: 'string', default: 'digests.json' },
      prometheus: { type: 'string', default: 'http://localhost:9090' },
      window: { type: 'string', default: '5m' },
      shares: { type: 'string', default: '10,50' },
      soak: { type: 'string', default: '10' },
      patience: { type: 'string', default: '10' },
      timeout: { type: 'string', default: '10' },
      abort: { type: 'boolean', default: false },
    },
  });
  const plan = {
    shares: readShares(values.shares),
    soakMs: readMinutes('soak', values.soak),
    patienceMs: readMinutes('patience', values.patience),
  };
  const timeoutMs = readMinutes('timeout', values.timeout);
  const manifests = await renderOverlay(kubectl, values);
  const cluster = createCluster(kubectl, { manifests, timeoutMs });
  if (values.abort) {
    await putBack(cluster);
    return 0;
  }
  const end = await promote({
    cluster,
    plan,
    now: () => performance.now(),
    pause: () => sleep(LOOK_EVERY_MS),
    say: (line) => console.log(`${new Date().toISOString()} ${line}`),
    look: async (limit) => {
      try {
        return judge(await readBurns(values.prometheus, values.window), limit);
      } catch (error) {
        if (error instanceof UserError) return 'unknown';
        throw error;
      }
    },
  });
  return end.state === 'promoted' ? 0 : 1;
});
