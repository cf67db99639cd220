/** What all manifests have: a kind, a name, and the label by which everything finds the pods of a service. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  [rest: string]: unknown;
}

export function labelsOf(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}
