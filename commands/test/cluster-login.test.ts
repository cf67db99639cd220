/** How a workflow signs in to a cluster: by a kubeconfig without a secret, and a token from its runner. */
import { expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Kubeconfig {
  users: { user: { exec: { command: string; args: string[] } } }[];
  clusters: { cluster: Record<string, string> }[];
}

test('kubectl gets the identity that the runner vouches for, for this cluster and no other', async () => {
  const claims = Buffer.from(JSON.stringify({ exp: 1_900_000_000 })).toString('base64url');
  const token = `header.${claims}.signature`;
  const asked: unknown[] = [];
  const runner = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.end(JSON.stringify({ value: token }));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => runner.listen(port, '127.0.0.1', resolve));
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-login-'));
  try {
    const [ca, kubeconfig] = [path.join(folder, 'ca.pem'), path.join(folder, 'kubeconfig')];
    await writeFile(ca, 'an authority');
    const where = ['--server', 'https://cluster.example', '--ca', ca, '--kubeconfig', kubeconfig];
    const login = ['commands/cluster-login.ts', ...where, '--audience', 'waymark-staging'];
    await run(process.execPath, login, { cwd: root });
    const text = await readFile(kubeconfig, 'utf8');
    const { users, clusters } = JSON.parse(text) as Kubeconfig;
    expect(clusters[0]?.cluster).toEqual({
      server: 'https://cluster.example',
      'certificate-authority-data': Buffer.from('an authority').toString('base64'),
    });
    const { command = '', args = [] } = users[0]?.user.exec ?? {};
    const env = {
      ...process.env,
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${String(port)}/token?version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'for this job',
    };
    const { stdout } = await run(command, args, { env });
    expect(asked).toEqual([['/token?version=2&audience=waymark-staging', 'Bearer for this job']]);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'ExecCredential',
      status: { token, expirationTimestamp: '2030-03-17T17:46:40.000Z' },
    });
    expect(text).not.toContain(token);
  } finally {
    runner.closeAllConnections();
    await new Promise((resolve) => runner.close(resolve));
    await rm(folder, { recursive: true });
  }
});
