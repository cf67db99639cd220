/**
 * `npm run images -- build` builds every image for this machine and holds it to two promises: its own layers are under
 * 120 MB, and nothing in them is made for one architecture. The other words are the way to a registry, in this
 * order: `publish`, `sign`, `find`, `verify`, and `passed-staging` once the shop ran on them there.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { docker } from './lib/docker.ts';
import { imageNames, readDigests, writeDigests } from './lib/delivery/digests.ts';
import {
  attestStaging,
  buildHere,
  findPublished,
  ownBytes,
  publish,
  sign,
  verify,
  type Program,
} from './lib/delivery/images.ts';
import { run } from './lib/program.ts';
import { runCommand } from './lib/running.ts';

const MAX_OWN_BYTES = 120_000_000;

const cosign: Program = (args) => run('cosign', { args });
const git = async (...args: string[]) => (await run('git', { args })).trim();

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      registry: { type: 'string', default: '' },
      source: { type: 'string', default: '' },
      revision: { type: 'string' },
      digests: { type: 'string', default: 'digests.json' },
      passed: { type: 'boolean', default: false },
    },
  });
  const { source, digests: file } = values;
  const revision = values.revision ?? (await git('rev-parse', 'HEAD'));
  const created = () => git('log', '-1', '--format=%cI', revision);
  const registry = () => {
    if (values.registry !== '') return values.registry.toLowerCase();
    throw new UserError('--registry is needed, such as ghcr.io/somebody/waymark');
  };
  const steps: Record<string, () => Promise<unknown>> = {
    build: async () => {
      await buildHere(docker, { revision, created: await created(), source });
      await checkImages();
    },
    check: checkImages,
    publish: async () => {
      const build = { registry: registry(), revision, created: await created(), source };
      await writeDigests(file, await publish(docker, build));
    },
    sign: async () => sign(cosign, await readDigests(file)),
    find: async () =>
      writeDigests(file, await findPublished(docker, { registry: registry(), revision })),
    verify: async () => {
      const passedStaging = values.passed;
      await verify(cosign, await readDigests(file), { source, revision, passedStaging });
    },
    'passed-staging': async () => attestStaging(cosign, await readDigests(file), { revision }),
  };
  const step = steps[positionals[0] ?? ''];
  if (step === undefined) throw new UserError(`say one of ${Object.keys(steps).join(', ')}`);
  await step();
  return 0;
});

/** Prints each image's own bytes. Throws UserError where an image breaks a promise. */
async function checkImages(): Promise<void> {
  for (const name of imageNames) {
    const image = `waymark/${name}`;
    const format = ['--no-trunc', '--human=false', '--format', '{{.Size}}\t{{.CreatedBy}}'];
    const bytes = ownBytes(await docker(['history', ...format, image]));
    console.log(`${image.padEnd(24)} ${(bytes / 1e6).toFixed(1)} MB on top of Node's image`);
    if (bytes > MAX_OWN_BYTES) throw new UserError(`${image} is larger than 120 MB`);
  }
  // Programs and libraries for one processor begin so. All images have these layers.
  const search = 'LC_ALL=C grep -rlP "^\\x7fELF" /app || true';
  const found = await docker([
    'run',
    '--rm',
    '--network',
    'none',
    'waymark/tools',
    'sh',
    '-c',
    search,
  ]);
  if (found !== '') throw new UserError(`made for one architecture:\n${found}`);
}
