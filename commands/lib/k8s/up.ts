/**
 * Brings the overlay `dev` into a cluster: images from this source, handed over to its nodes, and the manifests. An image
 * is tagged by what is in it, so that a second `up` rolls what has changed and nothing else.
 */
import { spawn } from 'node:child_process';
import { serviceNames } from '../../../infra/embedded/names.ts';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { docker } from '../docker.ts';
import { root } from '../program.ts';
import { kubectl } from './kubectl.ts';

const OVERLAY = 'k8s/overlays/dev';
const JOBS = ['mint', 'databases'];
/** Kafka and seven services start at the same time, on as little as two cores. */
const READY_SECONDS = 300;
const LOAD_MS = 600_000;

export interface UpOptions {
  /** A command that takes images from Docker to the nodes; their names are put behind it. */
  load: string | undefined;
  say: (line: string) => void;
}

export async function up({ load, say }: UpOptions): Promise<void> {
  say('building images');
  const tags = await buildImages();
  const manifests = withTags(await kubectl(['kustomize', OVERLAY]), tags);
  if (load !== undefined && load !== '') {
    const images = await imagesHere(manifests);
    say(`handing ${String(images.length)} images to the cluster: ${load}`);
    await run(load.split(' '), images);
  }
  say('applying the manifests');
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', 'k8s/base/namespace.yaml']);
  // A Job cannot be changed.
  await kubectl(['delete', 'job', ...JOBS, '--ignore-not-found']);
  await kubectl(['apply', '--server-side', '--force-conflicts', '--filename', '-'], {
    input: manifests,
  });
  say('waiting until everything is ready');
  await waitUntilReady();
}

/** Bounded; throws UserError with what is not ready. */
async function waitUntilReady(): Promise<void> {
  const timeoutMs = (READY_SECONDS + 10) * 1000;
  const timeout = `--timeout=${String(READY_SECONDS)}s`;
  const jobs = JOBS.map((name) => `job/${name}`);
  await kubectl(['wait', '--for=condition=complete', ...jobs, timeout], { timeoutMs });
  const names = await kubectl(['get', 'statefulsets,deployments', '--output=name']);
  for (const name of names.trim().split('\n'))
    await kubectl(['rollout', 'status', name, timeout], { timeoutMs });
}

async function buildImages(): Promise<Map<string, string>> {
  const tags = new Map<string, string>();
  for (const name of [...serviceNames, 'tools']) {
    const built = await docker(['build', '--quiet', '--build-arg', `SERVICE=${name}`, '.']);
    const tag = built.trim().replace('sha256:', '').slice(0, 12);
    await docker(['tag', built.trim(), `waymark/${name}:${tag}`]);
    tags.set(name, tag);
  }
  return tags;
}

function withTags(manifests: string, tags: Map<string, string>): string {
  return manifests.replaceAll(
    /(image: waymark\/)([a-z]+):k8s$/gm,
    (_line, before: string, name: string) => `${before}${name}:${tags.get(name) ?? 'k8s'}`,
  );
}

/** Of the images that the manifests name, those that Docker has: the others are fetched by the nodes themselves. */
async function imagesHere(manifests: string): Promise<string[]> {
  const named = new Set([...manifests.matchAll(/image: (\S+)$/gm)].map(([, name = '']) => name));
  const listed = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  const here = new Set(listed.trim().split('\n'));
  return [...named].filter((name) => here.has(name));
}

async function run([command = '', ...words]: string[], images: string[]): Promise<void> {
  const child = spawn(command, [...words, ...images], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LOAD_MS,
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', () => reject(new UserError(`--load: there is no command ${command}`)));
    child.once('close', (status) => resolve(status ?? 1));
  });
  if (code !== 0)
    throw new UserError(`--load: ${complaint.trim().split('\n').slice(-5).join('\n')}`);
}
