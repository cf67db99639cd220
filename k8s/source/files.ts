/** The generated manifests as files, by their paths below k8s/. */
import { serviceNames, type ServiceName } from '../../infra/embedded/names.ts';
import { stringify } from 'yaml';
import { arrowsInCluster, arrowsOfServices, HTTP, stores, storeUsers } from './arrows.ts';
import { certificates, externalSecrets, identities, scalers } from './managed.ts';
import type { Manifest } from './manifest.ts';
import { allowNames, denyAll, openDoor, policyOf, toManaged, toPartners } from './network.ts';
import { services, sharedSettings } from './services.ts';
import { workloadOf } from './workload.ts';

const HEADER = '# Written by `npm run manifests` from k8s/source; change it there.\n';

export function manifestFiles(): Map<string, string> {
  const files = serviceNames.flatMap((name): [string, string][] => [
    [`base/${name}/kustomization.yaml`, kustomizationOf(name)],
    [`base/${name}/workload.yaml`, documents(workloadOf(name, services[name]))],
    [`base/${name}/network.yaml`, documents(networkOf(name))],
  ]);
  const users = Object.entries(stores).map(([store, port]) =>
    toManaged(store, port, [...storeUsers[store as keyof typeof stores], ...jobsAt(store)]),
  );
  return new Map([
    ...files,
    ['base/network.yaml', documents([denyAll(), allowNames()])],
    [
      'base/settings.env',
      Object.entries(sharedSettings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    ],
    ['components/in-cluster/network.yaml', documents(inCluster())],
    ['components/managed/network.yaml', documents(users)],
    ['components/managed/secrets.yaml', documents(externalSecrets())],
    ['components/managed/certificates.yaml', documents(certificates())],
    ['components/lag/scalers.yaml', documents([...externalSecrets(['kafka-lag']), ...scalers()])],
    ...identities().map(([cloud, component]): [string, string] => [
      `components/${cloud}/kustomization.yaml`,
      HEADER + stringify(component),
    ]),
  ]);
}

function kustomizationOf(name: ServiceName): string {
  const literals = Object.entries(services[name].settings).map(([key, value]) => `${key}=${value}`);
  return `${HEADER}${stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['workload.yaml', 'network.yaml'],
    configMapGenerator: [{ name, literals: [`OTEL_SERVICE_NAME=${name}`, ...literals] }],
  })}`;
}

function networkOf(name: ServiceName): Manifest[] {
  return [
    policyOf(name, name, arrowsOfServices),
    ...(name === 'gateway' ? [openDoor(name, HTTP)] : []),
    ...(name === 'notifications' ? [toPartners(name)] : []),
  ];
}

/** Everyone that an arrow of the cluster's own servers begins or ends at. */
function inCluster(): Manifest[] {
  const ends = new Set(arrowsInCluster.flatMap(({ from, to }) => [from, to]));
  const scrape = arrowsOfServices.filter(({ from }) => from === 'prometheus');
  return [
    ...[...ends].map((name) => policyOf(`${name}-in-cluster`, name, arrowsInCluster)),
    policyOf('prometheus', 'prometheus', scrape),
  ];
}

function jobsAt(store: string): string[] {
  if (store === 'postgres') return ['databases'];
  return store === 'kafka' ? ['kafka-set-up'] : [];
}

function documents(manifests: Manifest[]): string {
  return (
    HEADER +
    manifests.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false })).join('---\n')
  );
}
