/** The overlays of k8s/, for the commands that take one by its name. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { root } from '../docker.ts';
import type { Manifest } from './canary.ts';
import { render } from './cluster.ts';
import { readDigests } from './digests.ts';
import type { Kubectl } from './kubectl.ts';

/** Throws UserError where there is no such overlay, or no such file of digests. */
export async function renderOverlay(
  kubectl: Kubectl,
  words: { overlay: string; digests: string },
): Promise<Manifest[]> {
  const overlay = path.join(root, 'k8s/overlays', words.overlay);
  if (!/^[a-z]+$/.test(words.overlay) || !existsSync(overlay)) {
    throw new UserError(`there is no overlay ${words.overlay} in k8s/overlays`);
  }
  const scratch = path.join(root, '.waymark/delivery', words.overlay);
  return render(kubectl, { overlay, scratch, digests: await readDigests(words.digests) });
}
