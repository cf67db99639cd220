/**
 * The one shape of a service in a cluster. What differs between services comes from the table in services.ts; a rule that
 * holds for one holds for all, because it is written once, here.
 */
import type { ServiceName } from '../../infra/embedded/names.ts';
import { CONNECTION_MS, IDLE_SECONDS } from '../../packages/http/src/connection-life.ts';
import { HTTP, OPERATIONS } from './arrows.ts';
import { labelsOf, type Manifest } from './manifest.ts';
import type { ServiceInCluster } from './services.ts';

/** Neither root nor a user of the node: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const USER = 10_001;

// #region grace
/**
 * A pod that ends is taken out of the Service while it is told to end. It goes on answering until the connections that are
 * kept to it have ended, by age or, at the gateway, unused: they move to its successor one by one, which is slow at first, and
 * no customer's is cut. Then comes SIGTERM, and the drain of 8 s (run-service.ts); what is left of the grace is for a slow node.
 */
const STILL_SERVING_SECONDS = CONNECTION_MS / 1000 + IDLE_SECONDS + 1;
const GRACE_SECONDS = STILL_SERVING_SECONDS + 11;
// #endregion

/** Why a scanner's rule does not hold here; read by checkov from the manifest. */
const exceptions = {
  'checkov.io/skip1': 'CKV_K8S_43=An overlay names the image, by its digest where a release put it',
  'checkov.io/skip2': 'CKV_K8S_14=An overlay names the image, with its tag or digest',
  'checkov.io/skip3':
    'CKV_K8S_15=A tag or a digest is never given twice, so a node asks for it once',
  'checkov.io/skip4':
    'CKV_K8S_11=A limit of CPU slows a start or a drain on a node that idles; requests share a busy one',
};

export function workloadOf(name: ServiceName, service: ServiceInCluster): Manifest[] {
  return [
    { ...named('v1', 'ServiceAccount', name), automountServiceAccountToken: false },
    clusterAddress(name),
    deployment(name, service),
    autoscaler(name, service),
    disruptionBudget(name),
  ];
}

function named(apiVersion: string, kind: string, name: string): Manifest {
  return { apiVersion, kind, metadata: { name, labels: labelsOf(name) } };
}

/** The operations port is not in it: nobody reaches that by the service's name. */
function clusterAddress(name: string): Manifest {
  const ports = [{ name: 'http', port: HTTP, targetPort: 'http' }];
  return { ...named('v1', 'Service', name), spec: { selector: labelsOf(name), ports } };
}

function deployment(name: ServiceName, service: ServiceInCluster): Manifest {
  const { metadata, ...rest } = named('apps/v1', 'Deployment', name);
  return {
    ...rest,
    metadata: { ...metadata, annotations: exceptions },
    // How many replicas is the autoscaler's to say, and a number here would undo it with each release.
    spec: {
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 300,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labelsOf(name) },
      template: { metadata: { labels: labelsOf(name) }, spec: pod(name, service) },
    },
  };
}

function pod(name: ServiceName, service: ServiceInCluster): object {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    // Otherwise the address of every Service is in the environment of every container.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
      (topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labelsOf(name) },
        matchLabelKeys: ['pod-template-hash'],
      }),
    ),
    ...(service.hasDatabase ? { initContainers: [waitForMigrations(name, service)] } : {}),
    containers: [container(name, service)],
    volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } }, secrets(name)],
  };
}

function container(name: ServiceName, service: ServiceInCluster): object {
  const probe = (path: string, timing: object) => ({
    httpGet: { path, port: 'operations' },
    timeoutSeconds: 3,
    ...timing,
  });
  return {
    ...confined(name, service),
    ports: [
      { name: 'http', containerPort: HTTP },
      { name: 'operations', containerPort: OPERATIONS },
    ],
    startupProbe: probe('/livez', { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe('/livez', { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe('/readyz', { periodSeconds: 2, failureThreshold: 2 }),
    lifecycle: { preStop: { sleep: { seconds: STILL_SERVING_SECONDS } } },
  };
}

// #region wait-for-migrations
/** Holds a pod of a new version back until the Job has brought the database as far as its image knows; the old ones serve. */
function waitForMigrations(name: ServiceName, service: ServiceInCluster): object {
  return {
    ...confined(name, service),
    name: 'migrated',
    command: ['node', 'infra/kubernetes/wait-for-migrations.ts'],
  };
}
// #endregion

/** What every container of a service has. */
function confined(name: ServiceName, { cpu }: ServiceInCluster): object {
  return {
    name,
    image: `waymark/${name}`,
    imagePullPolicy: 'IfNotPresent',
    envFrom: [{ configMapRef: { name: 'settings' } }, { configMapRef: { name } }],
    resources: {
      requests: { cpu, memory: '128Mi' },
      limits: { memory: '192Mi' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'secrets', mountPath: '/run/secrets', readOnly: true },
    ],
  };
}

/** Its own secrets in one folder: those of the service's name, and the certificate, which has an issuer of its own. */
function secrets(name: string): object {
  const certificate = [
    { key: 'tls.crt', path: 'TLS_CERT' },
    { key: 'tls.key', path: 'TLS_KEY' },
    { key: 'ca.crt', path: 'TLS_CA' },
  ];
  return {
    name: 'secrets',
    projected: {
      defaultMode: 0o440,
      sources: [{ secret: { name } }, { secret: { name: `${name}-tls`, items: certificate } }],
    },
  };
}

function autoscaler(name: string, { maxReplicas }: ServiceInCluster): Manifest {
  return {
    ...named('autoscaling/v2', 'HorizontalPodAutoscaler', name),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 2,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  };
}

/** A node may be emptied of one replica at a time. */
function disruptionBudget(name: string): Manifest {
  return {
    ...named('policy/v1', 'PodDisruptionBudget', name),
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(name) } },
  };
}
