/**
 * Where a cloud runs the servers: secrets come from its store (External Secrets), certificates from cert-manager, and what
 * consumes events is scaled by how far it is behind (KEDA). None of these kinds is Kubernetes' own, so a cluster needs
 * their operators first.
 */
import { flows } from '@waymark/contracts/flows.ts';
import { serviceNames } from '../../infra/embedded/names.ts';
import type { Manifest } from './manifest.ts';
import { services } from './services.ts';

/** Jobs that have a secret of their own, beside the services. */
const jobs = ['databases', 'kafka-set-up'];

/** Of each reader, all keys of one entry in the cloud's store: waymark/<environment>/<reader>. */
export function externalSecrets(
  readers: readonly string[] = [...serviceNames, ...jobs],
): Manifest[] {
  return readers.map((name) => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'waymark' },
      target: { name },
      dataFrom: [{ extract: { key: `waymark/environment/${name}` } }],
    },
  }));
}

/** Read at the start of a service, so a new one counts from the next rollout: 30 days are left for that. */
export function certificates(): Manifest[] {
  return serviceNames.map((name) => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: `${name}-tls` },
    spec: {
      secretName: `${name}-tls`,
      commonName: name,
      dnsNames: [name],
      duration: '2160h',
      renewBefore: '720h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth', 'client auth'],
      issuerRef: { kind: 'Issuer', name: 'services' },
    },
  }));
}

// #region lag-threshold
/**
 * The backlog that one replica is trusted with. KEDA wants ceil(lag / threshold) replicas, up to one a partition: a
 * replica that handles 50 events/s is then never asked to catch up on more than about 4 s of them.
 */
const LAG_PER_REPLICA = 200;
// #endregion

export function scalers(): Manifest[] {
  return flows
    .filter(({ receives }) => receives.length > 0)
    .map(({ service, receives }) => ({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: service },
      spec: {
        scaleTargetRef: { name: service },
        minReplicaCount: 2,
        maxReplicaCount: services[service as keyof typeof services].maxReplicas,
        triggers: [
          { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
          ...[...new Set(receives.map(({ topic }) => topic))].map((topic) => lagOf(service, topic)),
        ],
      },
    }));
}

function lagOf(consumerGroup: string, topic: string): object {
  return {
    type: 'kafka',
    metadata: {
      bootstrapServers: 'kafka-bootstrap',
      consumerGroup,
      topic,
      lagThreshold: String(LAG_PER_REPLICA),
      allowIdleConsumers: 'false',
    },
    authenticationRef: { name: 'kafka-lag' },
  };
}

/** The annotation by which a cloud knows a pod's ServiceAccount as one of its own identities. */
const clouds = {
  aws: 'eks.amazonaws.com/role-arn',
  gcp: 'iam.gke.io/gcp-service-account',
  azure: 'azure.workload.identity/client-id',
};

/** A component for each cloud, that gives every service the identity which `endpoints` names. */
export function identities(): [string, object][] {
  return Object.entries(clouds).map(([cloud, annotation]) => [
    cloud,
    {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      ...(cloud === 'azure' ? { labels: azureLabels } : {}),
      replacements: serviceNames.map((name) => ({
        source: { kind: 'ConfigMap', name: 'endpoints', fieldPath: `data.identity-${name}` },
        targets: [
          {
            select: { kind: 'ServiceAccount', name },
            fieldPaths: [`metadata.annotations.[${annotation}]`],
            options: { create: true },
          },
        ],
      })),
    },
  ]);
}

/** Azure's webhook looks at pods that ask for it. */
const azureLabels = [
  {
    pairs: { 'azure.workload.identity/use': 'true' },
    includeTemplates: true,
    includeSelectors: false,
  },
];
