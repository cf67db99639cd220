/**
 * NetworkPolicies from arrows. One denies everything to everybody in the namespace, and each arrow opens it at both ends:
 * the one who calls may leave, the one who is called lets in. Policies add up, so that an overlay only ever opens more.
 */
import type { Arrow } from './arrows.ts';
import { labelsOf, type Manifest } from './manifest.ts';

type Peer = object;

export function denyAll(): Manifest {
  return policy('deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
}

/** Names of services are all that anybody may ask of the world outside. */
export function allowNames(): Manifest {
  const dns = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  return policy('ask-for-names', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [dns], ports }],
  });
}

/** Both halves of the arrows that begin or end at a pod. */
export function policyOf(name: string, at: string, arrows: readonly Arrow[]): Manifest {
  const incoming = arrows.filter(({ to }) => to === at);
  const outgoing = arrows.filter(({ from }) => from === at);
  return policy(name, {
    podSelector: selector(at),
    policyTypes: ['Ingress', 'Egress'],
    ingress: byPort(incoming, 'from'),
    egress: byPort(outgoing, 'to'),
  });
}

/** A door in the network that is for everybody. */
export function openDoor(at: string, port: number): Manifest {
  return policy(`${at}-door`, {
    podSelector: selector(at),
    policyTypes: ['Ingress'],
    ingress: [{ ports: [tcp(port)] }],
  });
}

/** Out to addresses of the internet, and to none of the machines around us. */
export function toPartners(from: string): Manifest {
  const except = [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
  ];
  return policy(`${from}-to-partners`, {
    podSelector: selector(from),
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except } }], ports: [tcp(443)] }],
  });
}

/** Out to a server that the cloud runs, in a range of addresses that an overlay fills in. */
export function toManaged(server: string, port: number, users: readonly string[]): Manifest {
  return policy(`to-${server}`, {
    podSelector: {
      matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...users] }],
    },
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: `${server}-cidr` } }], ports: [tcp(port)] }],
  });
}

function policy(name: string, spec: object): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec,
  };
}

function byPort(arrows: readonly Arrow[], end: 'from' | 'to'): object[] {
  return [...Map.groupBy(arrows, ({ port }) => port)].map(([port, group]) => ({
    [end]: group.map((arrow): Peer => ({ podSelector: selector(arrow[end]) })),
    ports: [tcp(port)],
  }));
}

function selector(name: string): object {
  return { matchLabels: labelsOf(name) };
}

function tcp(port: number): object {
  return { protocol: 'TCP', port };
}
