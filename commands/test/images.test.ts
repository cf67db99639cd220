/** Which image is which digest, from the build to the overlay, and what stands between the registry and a cluster. */
import { expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import {
  imageNames,
  readDigests,
  withDigests,
  writeDigests,
  type Digests,
} from '../lib/delivery/digests.ts';
import { attestStaging, findPublished, ownBytes, publish, verify } from '../lib/delivery/images.ts';
import { renderOverlay } from '../lib/delivery/overlay.ts';

const root = path.join(import.meta.dirname, '../..');
const registry = 'ghcr.io/somebody/waymark';
const sha = (letter: string) => `sha256:${letter.repeat(64)}`;
const digests: Digests = Object.fromEntries(
  imageNames.map((name) => [name, `${registry}/${name}@${sha('a')}`]),
);
const build = {
  registry,
  revision: 'c0ffee',
  created: '2026-01-01',
  source: 'https://example.org',
};

async function scratch() {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-images-test-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test('what is pushed is for both architectures, with its bill of materials, and known by digest', async () => {
  const calls: string[] = [];
  const pushed = await publish(async (args, env) => {
    calls.push(args.join(' '));
    expect(env).toMatchObject({ REGISTRY: registry, TAG: 'c0ffee', REVISION: 'c0ffee' });
    const metadata = imageNames.map((name) => [name, { 'containerimage.digest': sha('a') }]);
    await writeFile(args.at(-1) ?? '', JSON.stringify(Object.fromEntries(metadata)));
    return '';
  }, build);
  expect(pushed).toEqual(digests);
  expect(calls[0]).toMatch(
    /--push --set=\*\.platform=linux\/amd64,linux\/arm64 --sbom=true --provenance=mode=max/,
  );
});

test('the registry is asked by the tag of the commit, and answers with digests', async () => {
  const asked: string[] = [];
  const found = await findPublished(async (args) => {
    asked.push(args.at(-1) ?? '');
    return JSON.stringify({ digest: sha('a') });
  }, build);
  expect(found).toEqual(digests);
  expect(asked).toContain(`${registry}/orders:c0ffee`);
});

test('an image that lacks a signature, or the statement on staging, goes nowhere', async () => {
  const asked: string[][] = [];
  const cosign = async (args: string[]) => {
    asked.push(args);
    if (args[0] === 'verify-attestation') throw new Error('no matching attestations');
    return '';
  };
  await verify(cosign, digests, { ...build, passedStaging: false });
  expect(asked).toHaveLength(imageNames.length);
  expect(asked[0]).toEqual(
    expect.arrayContaining([
      'verify',
      '--certificate-identity=https://example.org/.github/workflows/main.yml@refs/heads/main',
      '--certificate-github-workflow-sha=c0ffee',
      digests.identity,
    ]),
  );
  const strict = verify(cosign, digests, { ...build, passedStaging: true });
  await expect(strict).rejects.toThrow('no matching attestations');
});

test('what release.yml looks for is what main.yml states', async () => {
  const types: (string | undefined)[] = [];
  const cosign = async (args: string[]) => {
    if (args.includes('--type')) types.push(args[args.indexOf('--type') + 1]);
    return '';
  };
  await attestStaging(cosign, { orders: digests.orders ?? '' }, { revision: 'c0ffee' });
  await verify(cosign, { orders: digests.orders ?? '' }, { ...build, passedStaging: true });
  expect(types).toHaveLength(2);
  expect(types[0]).toBe(types[1]);
});

test('a file of digests with a tag in it, or without an image, is refused', async () => {
  await using place = await scratch();
  const file = path.join(place.folder, 'digests.json');
  await writeDigests(file, digests);
  expect(await readDigests(file)).toEqual(digests);
  await writeFile(file, JSON.stringify({ ...digests, orders: `${registry}/orders:latest` }));
  await expect(readDigests(file)).rejects.toThrow('no image by digest for orders');
  await writeFile(file, '{}');
  await expect(readDigests(file)).rejects.toThrow('no image by digest for identity');
});

/** As `kubectl kustomize` prints it, jobs and init containers included. */
const overlayText = `
kind: Deployment
spec: { template: { spec: {
  initContainers: [{ image: registry.example/waymark/orders:main }],
  containers: [{ image: waymark/orders }, { image: 'redis:8' }] } } }
---
kind: Job
spec: { template: { spec: { containers: [{ image: 'waymark/tools@${sha('b')}' }] } } }
`;

test.each(['staging', 'production'])(
  'every image of ours in the overlay %s becomes the one of the digests, whatever its tag was',
  async (overlay) => {
    await using place = await scratch();
    const file = path.join(place.folder, 'digests.json');
    await writeDigests(file, digests);
    const asked: (readonly string[])[] = [];
    const manifests = await renderOverlay(
      async (args) => {
        asked.push(args);
        return overlayText;
      },
      { overlay, digests: file },
    );
    expect(asked).toEqual([['kustomize', path.join(root, 'k8s/overlays', overlay)]]);
    const images = [...JSON.stringify(manifests).matchAll(/"image":"([^"]+)"/g)];
    expect(images.map(([, image]) => image)).toEqual([
      digests.orders,
      digests.orders,
      'redis:8',
      digests.tools,
    ]);
  },
);

test('an image of ours that the build did not make stops it', () => {
  const manifests = [{ image: 'registry.example/waymark/analytics:main' }];
  expect(() => withDigests(manifests, digests)).toThrow('no image by digest for registry.example');
});

test('the bytes of an image are counted down to where our last stage begins', () => {
  const history = [
    '0\tCMD ["node"]',
    '20\tCOPY . .',
    '100\tCOPY /app .',
    '0\tWORKDIR /app',
    '900\tbase',
  ];
  expect(ownBytes(history.join('\n'))).toBe(120);
  expect(() => ownBytes('900\tbase')).toThrow('not made by our Dockerfile');
});

test('whatever the Dockerfile runs, it runs on the machine that builds', () => {
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  const stages = dockerfile.split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM '));
  expect(stages).toHaveLength(6);
  const emulated = stages.filter(
    (stage) => /^RUN /m.test(stage) && !stage.startsWith('FROM --platform=$BUILDPLATFORM '),
  );
  expect(emulated).toEqual([]);
});

test('an image says which commit it is made of, when and whose', () => {
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  for (const [label, argument] of Object.entries({
    revision: 'REVISION',
    created: 'CREATED',
    source: 'SOURCE',
  })) {
    expect(dockerfile).toContain(`org.opencontainers.image.${label}="$${argument}"`);
  }
});

test('every image is one that docker-bake.hcl builds', () => {
  const [, list = ''] =
    /service = \[(.*)\]/.exec(readFileSync(path.join(root, 'docker-bake.hcl'), 'utf8')) ?? [];
  expect(JSON.parse(`[${list}]`)).toEqual([...imageNames]);
});
