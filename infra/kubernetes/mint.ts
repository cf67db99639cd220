/**
 * The Job that mints the secrets of a cluster that has everything in itself: what init.ts is to a volume of compose, into
 * Secrets. What all is made from is the Secret `platform`, which no pod mounts; later runs find it there, add what a newer
 * version needs, and renew certificates in time. It may read and write Secrets of its own namespace and nothing else.
 */
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, request } from 'undici';
import { loadMasterSecrets } from '../docker/master-secrets.ts';
import { secretFiles } from '../docker/secret-files.ts';
import { secretsOf, type Secret } from './secrets.ts';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const REQUEST_MS = 10_000;
const MASTER = 'platform';

const mounted = (name: string) => readFile(path.join(ACCOUNT, name), 'utf8');
const [token, ca, namespace] = await Promise.all(['token', 'ca.crt', 'namespace'].map(mounted));
const dispatcher = new Agent({ connect: { ca: ca ?? '' } });
const secretsUrl = `https://kubernetes.default.svc/api/v1/namespaces/${namespace ?? ''}/secrets`;

const folder = await mkdtemp(path.join(tmpdir(), 'platform-'));
for (const [name, base64] of Object.entries(await findSecret(MASTER)))
  await writeFile(path.join(folder, name), Buffer.from(base64, 'base64'), { mode: 0o600 });
const master = await loadMasterSecrets(folder);
// First of all: what was handed out and is then forgotten would lock everybody out.
await apply({ name: MASTER, type: 'Opaque', files: await readFolder(folder) });
const secrets = secretsOf(secretFiles(master));
for (const secret of secrets) await apply(secret);
process.stdout.write(`${String(secrets.length)} secrets are in their places\n`);
await dispatcher.close();

async function readFolder(directory: string): Promise<Record<string, string>> {
  const names = await readdir(directory);
  const entries = names.map(
    async (name) => [name, await readFile(path.join(directory, name), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function findSecret(name: string): Promise<Record<string, string>> {
  const { status, body } = await call('GET', name);
  if (status === 404) return {};
  if (status !== 200) throw new Error(`reading the Secret ${name}: ${String(status)}`);
  return (body as { data?: Record<string, string> }).data ?? {};
}

/** Server-side apply: creates what is not there, changes what is. */
async function apply({ name, type, files }: Secret): Promise<void> {
  const labels = { 'app.kubernetes.io/part-of': 'waymark' };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
    type,
    stringData: files,
  };
  const { status } = await call('PATCH', `${name}?fieldManager=mint&force=true`, secret);
  if (status >= 300) throw new Error(`writing the Secret ${name}: ${String(status)}`);
}

async function call(method: 'GET' | 'PATCH', name: string, json?: object) {
  const answer = await request(`${secretsUrl}/${name}`, {
    method,
    dispatcher,
    headers: {
      authorization: `Bearer ${token ?? ''}`,
      'content-type': 'application/apply-patch+yaml',
    },
    // JSON is YAML.
    body: json === undefined ? null : JSON.stringify(json),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  return { status: answer.statusCode, body: await answer.body.json() };
}
