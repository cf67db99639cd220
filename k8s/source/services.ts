/**
 * What differs between the services in a cluster; all else is the one shape of workload.ts. Whoever adds a setting,
 * a secret or a service does it here, and `npm run manifests` writes the files. A secret is a key of the Kubernetes
 * Secret that has the service's name, mounted as a file; the setting `X_FILE` is its path, as it is in compose.
 */
import type { ServiceName } from '../../infra/embedded/names.ts';

/** The same for every service, which reads those that it has a use for. */
export const sharedSettings: Record<string, string> = {
  ...secretFiles([
    'DATABASE_URL',
    'EVENT_LOG_URL',
    'KEY_VALUE_URL',
    'FEED_URL',
    'WORK_QUEUE_URL',
    'PSP_API_KEY',
    'CLIENTS',
    'PEOPLE',
    'KEY_ENCRYPTION_KEYS',
    'BLIND_INDEX_KEY',
    'TLS_CERT',
    'TLS_KEY',
    'TLS_CA',
  ]),
  JWKS_URL: `${url('identity')}/identity/jwks`,
};

export interface ServiceInCluster {
  settings: Record<string, string>;
  /** It keeps what nobody else does, so its pods wait until its migrations are there. */
  hasDatabase: boolean;
  /** What a pod is given even where the node is full; the autoscaler counts in shares of it. */
  cpu: string;
  /** More replicas than its topics have partitions would idle. */
  maxReplicas: number;
}

const usual: ServiceInCluster = { settings: {}, hasDatabase: true, cpu: '75m', maxReplicas: 6 };
/** Twice as much of a node that is full: a customer waits for these, and for the others an event. */
const waitedFor: ServiceInCluster = { ...usual, cpu: '150m' };

export const services: Record<ServiceName, ServiceInCluster> = {
  gateway: {
    ...waitedFor,
    hasDatabase: false,
    maxReplicas: 10,
    settings: {
      CATALOG_URL: url('catalog'),
      ORDERS_URL: url('orders'),
      INVENTORY_URL: url('inventory'),
      NOTIFICATIONS_URL: url('notifications'),
      IDENTITY_URL: url('identity'),
    },
  },
  identity: usual,
  catalog: usual,
  orders: waitedFor,
  inventory: { ...usual, settings: { INITIAL_STOCK: '1000' } },
  payments: { ...usual, settings: { PSP_URL: url('psp') } },
  psp: usual,
  notifications: { ...usual, settings: { ORDERS_URL: url('orders') } },
};

function url(name: ServiceName): string {
  return `https://${name}:8080`;
}

function secretFiles(names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}_FILE`, `/run/secrets/${name}`]));
}
