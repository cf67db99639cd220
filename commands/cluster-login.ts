/**
 * `npm run cluster-login -- --server URL --ca FILE --audience waymark-staging` writes a kubeconfig by which a workflow signs
 * in to a cluster as itself. It holds no secret: where the cluster is, by which authority it is known, and the program
 * that asks the runner for the workflow's identity whenever kubectl needs one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { runCommand } from './lib/running.ts';

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: '' },
      ca: { type: 'string', default: '' },
      audience: { type: 'string', default: 'waymark' },
      kubeconfig: { type: 'string', default: process.env.KUBECONFIG ?? '' },
    },
  });
  const { server, ca, audience, kubeconfig } = values;
  if (!server.startsWith('https://') || ca === '' || kubeconfig === '') {
    throw new UserError(
      '--server takes an https address, --ca a file, --kubeconfig the file to write',
    );
  }
  const authority = await readFile(ca);
  const user = {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [
        fileURLToPath(new URL('./lib/delivery/cluster-token.ts', import.meta.url)),
        '--audience',
        audience,
      ],
      interactiveMode: 'Never',
    },
  };
  const cluster = { server, 'certificate-authority-data': authority.toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name: 'workflow', user }],
    contexts: [{ name: 'delivery', context: { cluster: 'cluster', user: 'workflow' } }],
    'current-context': 'delivery',
  };
  // JSON is YAML.
  await writeFile(kubeconfig, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return 0;
});
