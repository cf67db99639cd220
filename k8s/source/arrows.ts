/**
 * Who talks to whom in the cluster: every arrow of the picture in docs/kubernetes.md, and no other. Most follow from
 * tables that the platform has anyway (calls.ts, flows.ts, the users of Redis and RabbitMQ), so that a new call or a new
 * event opens the network with it. The NetworkPolicies are made from this, and a test holds the page to it.
 */
import { callers } from '@waymark/contracts/calls.ts';
import { flows } from '@waymark/contracts/flows.ts';
import { serviceNames, servicesWithDatabase } from '../../infra/embedded/names.ts';
import { redisUsers } from '../../infra/redis/users.ts';

export interface Arrow {
  from: string;
  to: string;
  port: number;
}

export const HTTP = 8080;
export const OPERATIONS = 9464;

/** The servers that services keep things in, with their ports. */
export const stores = { postgres: 5432, kafka: 9092, redis: 6379, rabbitmq: 5672 } as const;
export type StoreName = keyof typeof stores;

export const storeUsers: Record<StoreName, readonly string[]> = {
  postgres: servicesWithDatabase,
  kafka: flows.map(({ service }) => service),
  redis: redisUsers,
  rabbitmq: ['notifications'],
};

const calls: readonly Arrow[] = [
  ...serviceNames.flatMap((to) => (callers[to] ?? []).map((from) => ({ from, to, port: HTTP }))),
];

/** Of the services, whatever runs the servers that they use. */
export const arrowsOfServices: readonly Arrow[] = [
  ...calls,
  ...serviceNames.map((to) => ({ from: 'prometheus', to, port: OPERATIONS })),
];

/** What comes on top where the servers, and whoever looks after them, are in the cluster too. */
export const arrowsInCluster: readonly Arrow[] = [
  ...Object.entries(stores).flatMap(([store, port]) =>
    storeUsers[store as StoreName].map((from) => ({ from, to: store, port })),
  ),
  ...serviceNames.map((from) => ({ from, to: 'jaeger', port: 4318 })),
  { from: 'databases', to: 'postgres', port: stores.postgres },
  { from: 'tools', to: 'postgres', port: stores.postgres },
  { from: 'tools', to: 'kafka', port: stores.kafka },
  { from: 'tools', to: 'gateway', port: HTTP },
];
