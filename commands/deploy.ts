/**
 * `npm run deploy -- --overlay staging --digests FILE` brings a build to the cluster of KUBECONFIG: migrations first,
 * then every service, and it ends when all are ready. `--render` prints what it would apply, and asks no cluster.
 */
import { parseArgs } from 'node:util';
import { createCluster } from './lib/delivery/cluster.ts';
import { kubectl } from './lib/delivery/kubectl.ts';
import { renderOverlay } from './lib/delivery/overlay.ts';
import { readMinutes } from './lib/delivery/words.ts';
import { runCommand } from './lib/running.ts';

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      overlay: { type: 'string', default: 'staging' },
      digests: { type: 'string', default: 'digests.json' },
      timeout: { type: 'string', default: '10' },
      render: { type: 'boolean', default: false },
    },
  });
  const timeoutMs = readMinutes('timeout', values.timeout);
  const manifests = await renderOverlay(kubectl, values);
  if (values.render) {
    for (const manifest of manifests) console.log(JSON.stringify(manifest));
    return 0;
  }
  const cluster = createCluster(kubectl, { manifests, timeoutMs });
  await cluster.prepare();
  console.log('migrations done, services next');
  await cluster.rollOut();
  await cluster.waitUntilRolledOut();
  console.log(`${values.overlay} runs ${values.digests}`);
  return 0;
});
