/**
 * Which image is deployed, as a file: for each service the name of a repository and the digest of its content. A tag
 * can be moved to other content; a digest cannot, so what was tested, signed and approved is what runs. The file
 * goes from step to step of a delivery, and is the only thing that says which build it is about.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { serviceNames } from '../../../infra/embedded/names.ts';
import { UserError } from '../../../infra/embedded/user-error.ts';

/** What is built: the services, and the image of the jobs and commands. */
export const imageNames = [...serviceNames, 'tools'] as const;

/** From the name of an image to `registry/path@sha256:…`. */
export type Digests = Record<string, string>;

const BY_DIGEST = /^[a-z0-9.:/_-]+@sha256:[0-9a-f]{64}$/;

/** Throws UserError unless each image is there, and by digest. */
function checkDigests(value: unknown): Digests {
  const digests = value as Digests;
  const wrong = imageNames.filter((name) => !BY_DIGEST.test(String(digests[name])));
  if (wrong.length === 0) return digests;
  throw new UserError(`no image by digest for ${wrong.join(', ')}`);
}

/** Throws UserError where the file is away or is not what it should be. */
export async function readDigests(file: string): Promise<Digests> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UserError(`cannot read the digests in ${file}`);
  });
  try {
    return checkDigests(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof UserError ? error.message : 'is not JSON'}`);
  }
}

export async function writeDigests(file: string, digests: Digests): Promise<void> {
  await writeFile(file, `${JSON.stringify(checkDigests(digests), null, 2)}\n`);
}

const OURS = /(?:^|\/)waymark\/(?<name>[a-z]+)(?:[:@].*)?$/;

/** The manifests with each image of ours by its digest, whatever registry and tag stands there. Throws UserError. */
export function withDigests<T>(manifests: T, digests: Digests): T {
  return JSON.parse(JSON.stringify(manifests), (key, value: unknown) => {
    if (key !== 'image' || typeof value !== 'string') return value;
    const name = OURS.exec(value)?.groups?.name;
    if (name === undefined) return value;
    const image = digests[name];
    if (image === undefined) throw new UserError(`no image by digest for ${value}`);
    return image;
  }) as T;
}
