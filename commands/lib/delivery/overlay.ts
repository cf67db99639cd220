/** The overlays of k8s/, for the commands that take one by its name. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { root } from '../program.ts';
import type { Manifest } from './canary.ts';
import { readDigests, withDigests } from './digests.ts';
import type { Kubectl } from './kubectl.ts';

/** Throws UserError where there is no such overlay, or no such file of digests. */
export async function renderOverlay(
  kubectl: Kubectl,
  { overlay, digests }: { overlay: string; digests: string },
): Promise<Manifest[]> {
  const folder = path.join(root, 'k8s/overlays', overlay);
  if (!/^[a-z]+$/.test(overlay) || !existsSync(folder)) {
    throw new UserError(`there is no overlay ${overlay} in k8s/overlays`);
  }
  const images = await readDigests(digests);
  const documents = parseAllDocuments(await kubectl(['kustomize', folder]));
  return withDigests(
    documents.map((document) => document.toJS() as Manifest),
    images,
  );
}
