/** The manifests of an overlay as kubectl builds them, for tests. Those that need kubectl are skipped where there is none, visibly. */
import { describe } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export interface Built {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec?: unknown;
}

const folder = path.join(import.meta.dirname, '..');

export type Overlay = 'dev' | 'staging' | 'production';

export function describeWithKubectl(title: string, body: () => void): void {
  const { status } = spawnSync('kubectl', ['version', '--client'], {
    timeout: 10_000,
    stdio: 'ignore',
  });
  if (status === 0) describe(title, body);
  else describe.skip(`${title} (skipped: there is no kubectl)`, body);
}

export function textOf(overlay: Overlay): string {
  return execFileSync('kubectl', ['kustomize', path.join(folder, 'overlays', overlay)], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
    timeout: 60_000,
  });
}

export function build(overlay: Overlay): Built[] {
  return parseAllDocuments(textOf(overlay)).map((document) => document.toJS() as Built);
}

interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
}

export interface Container {
  name: string;
  image: string;
  ports?: { containerPort: number }[];
  resources: { limits?: { memory?: string } };
}

export interface Workload {
  kind: string;
  name: string;
  labels: Record<string, string>;
  spec: PodSpec;
}

/** Everything that makes pods. */
export function workloadsOf(built: Built[]): Workload[] {
  return built
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map(({ kind, metadata, spec }) => {
      const { template } = spec as {
        template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
      };
      return { kind, name: metadata.name, labels: template.metadata.labels, spec: template.spec };
    });
}
