/**
 * What NetworkPolicies allow, read as the API says (https://kubernetes.io/docs/concepts/services-networking/network-policies/):
 * a pod that no policy selects for a direction is open in it; one that is selected is closed but for what some policy
 * allows; and a connection needs both ends. Pods here are those of one namespace; other namespaces and addresses are peers of
 * their own kind, which `from` and `to` may name too.
 */
export interface Pod {
  name: string;
  labels: Record<string, string>;
}

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port?: number; protocol?: string }[];
}

export interface Policy {
  metadata: { name: string };
  spec: { podSelector: Selector; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}

/** Whether `from` may open a TCP connection to `to` at this port; both in the policies' own namespace. */
export function isOpen(
  policies: Policy[],
  { from, to, port }: { from: Pod; to: Pod; port: number },
): boolean {
  return (
    allows(policies, { at: from, peer: to, port, direction: 'Egress' }) &&
    allows(policies, { at: to, peer: from, port, direction: 'Ingress' })
  );
}

/** Whether anybody at all, from wherever, may open a connection to the pod at this port. */
export function isOpenToAll(policies: Policy[], to: Pod, port: number): boolean {
  return allows(policies, { at: to, peer: undefined, port, direction: 'Ingress' });
}

interface Question {
  at: Pod;
  /** Undefined for somebody of whom nothing is known. */
  peer: Pod | undefined;
  port: number;
  direction: 'Ingress' | 'Egress';
}

function allows(policies: Policy[], { at, peer, port, direction }: Question): boolean {
  const selecting = policies.filter(
    ({ spec }) => spec.policyTypes.includes(direction) && matches(spec.podSelector, at.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ spec }) => {
    const rules = (direction === 'Ingress' ? spec.ingress : spec.egress) ?? [];
    return rules.some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to;
      return (
        ofPort(rule, port) && (peers === undefined || peers.some((some) => isPeer(some, peer)))
      );
    });
  });
}

function ofPort({ ports }: Rule, port: number): boolean {
  const tcp = ports?.filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  return tcp === undefined || tcp.some((some) => some.port === undefined || some.port === port);
}

/** A peer of the policies' own namespace: one that a selector of namespaces or addresses names is none. */
function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, pod: Pod | undefined): boolean {
  if (pod === undefined || ipBlock !== undefined || namespaceSelector !== undefined) return false;
  return podSelector === undefined || matches(podSelector, pod.labels);
}

/** An empty selector selects all. */
function matches(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Pod['labels'],
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      throw new Error(`selectors with ${operator} are not evaluated`);
    })
  );
}
