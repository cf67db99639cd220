/**
 * The images of a build: what is handed to buildx and to cosign, and what they answer. Signatures need no key: cosign
 * asks the workflow's own identity from its runner, and who verifies names that identity. So "signed" means "built by
 * main.yml of this repository, from this commit", and there is nothing to steal.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { imageNames, type Digests } from './digests.ts';

/** Runs a program and returns its output; throws UserError where it fails. */
export type Program = (args: string[], env?: Record<string, string>) => Promise<string>;

export interface Build {
  registry: string;
  /** The commit, which is the tag too. */
  revision: string;
  /** Of the commit, so that the same source makes the same labels. */
  created: string;
  source: string;
}

const PLATFORMS = 'linux/amd64,linux/arm64';
const ISSUER = 'https://token.actions.githubusercontent.com';
/** Says of an image that the shop ran on it in staging, without an objective that burned. */
const PASSED_STAGING = 'https://waymark.example/passed-staging/v1';

const bake = ['buildx', 'bake', '--file', 'docker-bake.hcl'];

/** For this machine, under the names that docker-compose.yml uses. */
export function buildHere(docker: Program, build: Omit<Build, 'registry'>): Promise<string> {
  return docker([...bake, '--load'], { ...labelsOf(build) });
}

/** Builds for all platforms and pushes, with a bill of materials and the way it was built; returns what was pushed. */
export async function publish(docker: Program, build: Build): Promise<Digests> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-images-'));
  const file = path.join(folder, 'metadata.json');
  const proof = ['--sbom=true', '--provenance=mode=max'];
  try {
    await docker(
      [...bake, '--push', `--set=*.platform=${PLATFORMS}`, ...proof, '--metadata-file', file],
      { ...labelsOf(build), REGISTRY: build.registry, TAG: build.revision },
    );
    return digestsIn(JSON.parse(await readFile(file, 'utf8')), build.registry);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** From what `buildx bake --metadata-file` writes. */
function digestsIn(metadata: unknown, registry: string): Digests {
  const targets = metadata as Record<string, { 'containerimage.digest'?: string } | undefined>;
  return Object.fromEntries(
    imageNames.map((name) => {
      const digest = targets[name]?.['containerimage.digest'] ?? '';
      return [name, `${registry}/${name}@${digest}`];
    }),
  );
}

/** What a registry has of a commit. A tag can be moved, so `verify` comes before it is trusted. */
export async function findPublished(
  docker: Program,
  { registry, revision }: Pick<Build, 'registry' | 'revision'>,
): Promise<Digests> {
  const entries = imageNames.map(async (name) => {
    const ask = ['buildx', 'imagetools', 'inspect', '--format', '{{json .Manifest}}'];
    const answer = await docker([...ask, `${registry}/${name}:${revision}`]);
    const { digest } = JSON.parse(answer) as { digest: string };
    return [name, `${registry}/${name}@${digest}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

export async function sign(cosign: Program, digests: Digests): Promise<void> {
  for (const image of Object.values(digests)) await cosign(['sign', '--yes', image]);
}

/** Signs a statement about each image, kept beside it in the registry. */
export async function attestStaging(
  cosign: Program,
  digests: Digests,
  statement: Record<string, string>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-statement-'));
  const file = path.join(folder, 'statement.json');
  try {
    await writeFile(file, JSON.stringify(statement));
    const args = ['attest', '--yes', '--type', PASSED_STAGING, '--predicate', file];
    for (const image of Object.values(digests)) await cosign([...args, image]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Throws UserError unless main.yml built each image from that commit, and where asked, staging ran on it. */
export async function verify(
  cosign: Program,
  digests: Digests,
  {
    source,
    revision,
    passedStaging,
  }: { passedStaging: boolean } & Pick<Build, 'source' | 'revision'>,
): Promise<void> {
  const identity = [
    `--certificate-oidc-issuer=${ISSUER}`,
    `--certificate-identity=${source}/.github/workflows/main.yml@refs/heads/main`,
    `--certificate-github-workflow-sha=${revision}`,
  ];
  for (const image of Object.values(digests)) {
    await cosign(['verify', ...identity, image]);
    const attested = ['verify-attestation', '--type', PASSED_STAGING, ...identity, image];
    if (passedStaging) await cosign(attested);
  }
}

function labelsOf({ revision, created, source }: Omit<Build, 'registry'>) {
  return { REVISION: revision, CREATED: created, SOURCE: source };
}

/** The bytes of an image's own layers, from `docker history`, youngest first: up to where our last stage begins. */
export function ownBytes(history: string): number {
  const lines = history.trim().split('\n');
  const first = lines.findIndex((line) => line.endsWith('\tWORKDIR /app'));
  if (first === -1) throw new UserError('this image is not made by our Dockerfile');
  return lines.slice(0, first).reduce((bytes, line) => bytes + Number.parseInt(line, 10), 0);
}
