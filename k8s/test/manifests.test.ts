/** The manifests, without a cluster: they are those of their source, valid, confined, and small enough for a laptop. */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serviceNames } from '../../infra/embedded/names.ts';
import { sharedSettings } from '../source/services.ts';
import { manifestFiles } from '../source/files.ts';
import { secretFiles } from '../../infra/docker/secret-files.ts';
import { build, describeWithKubectl, textOf, workloadsOf, type Overlay } from './built.ts';

const root = path.join(import.meta.dirname, '..');
const overlays: readonly Overlay[] = ['dev', 'staging', 'production'];
const HEADER = '# Written by `npm run manifests`';

test('the files are those of the source: npm run manifests', () => {
  const files = manifestFiles();
  for (const [name, text] of files) expect(readFileSync(path.join(root, name), 'utf8')).toBe(text);
  const made = globSync('{base,components}/**/*.yaml', { cwd: root }).filter((name) =>
    readFileSync(path.join(root, name), 'utf8').startsWith(HEADER),
  );
  const named = [...files.keys()].filter((name) => name.endsWith('.yaml'));
  expect(made.sort()).toEqual(named.sort());
});

test('whatever secret a service is given, a setting says where it lies', () => {
  const identities = Object.fromEntries(
    serviceNames.map((name) => [name, { certificate: '', key: '' }]),
  );
  const passwords = Object.fromEntries(serviceNames.map((name) => [name, 'x']));
  const given = secretFiles({
    secrets: {
      databasePasswords: passwords,
      clients: [],
      people: [],
      keyRings: { identity: [], orders: [] },
      blindIndexKey: '',
    },
    brokers: { kafka: passwords, redis: passwords, rabbitmq: passwords, grafana: passwords },
    identities,
    authority: '',
  } as unknown as Parameters<typeof secretFiles>[0]);
  const keys = serviceNames.flatMap((name) => Object.keys(given[name] ?? {}));
  expect(Object.keys(sharedSettings)).toEqual(
    expect.arrayContaining([...new Set(keys)].map((key) => `${key}_FILE`)),
  );
});

describeWithKubectl('the overlays', () => {
  test('every container has a bound to its memory, and all of dev fits into 4 GiB', () => {
    const sum = { dev: 0, staging: 0, production: 0 };
    for (const overlay of overlays)
      for (const { kind, name, spec } of workloadsOf(build(overlay)))
        for (const container of spec.containers) {
          const { memory = '' } = container.resources.limits ?? {};
          expect([name, container.name, memory]).toEqual([
            name,
            container.name,
            expect.stringMatching(/^\d+Mi$/),
          ]);
          if (kind !== 'Job') sum[overlay] += Number.parseInt(memory);
        }
    expect(sum.dev).toBeLessThanOrEqual(4096);
  });

  test('an image is named with a tag or a digest that stands still', () => {
    for (const overlay of overlays)
      for (const { spec } of workloadsOf(build(overlay)))
        for (const { image } of [...spec.containers, ...(spec.initContainers ?? [])]) {
          expect(image).toMatch(/[:@]/);
          expect(image).not.toMatch(/:latest$/);
        }
  });

  test('a setting that changes is a new name, and so a rollout', () => {
    const names = build('dev').filter(({ kind }) => kind === 'ConfigMap');
    for (const { metadata } of names) expect(metadata.name).toMatch(/-[a-z0-9]{10}$/);
  });

  test('no secret is in a manifest', () => {
    for (const overlay of overlays)
      expect(build(overlay).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('staging and production are told everything: nothing of `endpoints` is left to be filled in', () => {
    for (const overlay of ['staging', 'production'] as const) {
      const text = textOf(overlay);
      expect(text).not.toMatch(
        /-cidr$|: (host|issuer|otlp|kafka-bootstrap)$|waymark\/environment\//m,
      );
      expect(text).toMatch(
        /eks\.amazonaws\.com\/role-arn: arn:aws:iam::\d+:role\/waymark-\w+-orders/,
      );
    }
  });

  test('in production a consumer is scaled by its lag, and by no second autoscaler', () => {
    const built = build('production');
    const of = (wanted: string) =>
      built
        .filter(({ kind }) => kind === wanted)
        .map(({ metadata }) => metadata.name)
        .sort();
    expect(of('ScaledObject')).toEqual(['inventory', 'notifications', 'orders', 'payments']);
    expect(of('HorizontalPodAutoscaler')).toEqual(['catalog', 'gateway', 'identity', 'psp']);
  });
});

/** A program that some machines have: its test is skipped where it is missing, visibly. */
function describeWith(command: string, body: () => void): void {
  const { error } = spawnSync(command, ['--help'], { timeout: 60_000, stdio: 'ignore' });
  if (error === undefined) describe(command, body);
  else describe.skip(`${command} (skipped: there is none)`, body);
}

describeWith('kubeconform', () => {
  test('every built manifest fits its schema strictly, but for the kinds of operators', () => {
    const schemas = process.env.KUBECONFORM_SCHEMAS;
    for (const overlay of overlays) {
      const args = ['-strict', '-ignore-missing-schemas', '-kubernetes-version', '1.36.3'];
      const location = schemas === undefined ? [] : ['-schema-location', schemas];
      const { status, stdout } = spawnSync('kubeconform', [...args, ...location, '-summary', '-'], {
        input: textOf(overlay),
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect({ overlay, status, stdout }).toMatchObject({ status: 0 });
      expect(stdout).toMatch(/Valid: [5-9]\d|Valid: \d{3}/);
    }
  }, 120_000);
});

describeWith('checkov', () => {
  test('no rule of the scanner fails on the manifests or the Dockerfile without a reason beside it', () => {
    const scratch = mkdtempSync(path.join(tmpdir(), 'waymark-manifests-'));
    for (const overlay of overlays) {
      const file = path.join(scratch, `${overlay}.yaml`);
      writeFileSync(file, textOf(overlay));
      expect(scan('kubernetes', file)).toBe('');
    }
    rmSync(scratch, { recursive: true });
    expect(scan('dockerfile', path.join(root, '../Dockerfile'))).toBe('');
  }, 300_000);
});

/** What it complains of. It asks its maker's server for nothing. */
function scan(framework: string, file: string): string {
  const words = [
    '--skip-download',
    '--quiet',
    '--compact',
    '--framework',
    framework,
    '--file',
    file,
  ];
  const { stdout, status } = spawnSync('checkov', words, { encoding: 'utf8', timeout: 120_000 });
  return status === 0 ? '' : stdout;
}
