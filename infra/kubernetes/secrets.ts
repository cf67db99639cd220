/**
 * Which Kubernetes Secret holds what: one for each reader, with a key for each file, as compose has a folder. A service's
 * certificate is a Secret of its own in the form that cert-manager makes, so that it may come from there instead.
 */
export interface Secret {
  name: string;
  type: 'Opaque' | 'kubernetes.io/tls';
  files: Record<string, string>;
}

export function secretsOf(readers: Record<string, Record<string, string>>): Secret[] {
  return Object.entries(readers).flatMap(([name, all]): Secret[] => {
    const { TLS_CERT, TLS_KEY, TLS_CA, ...files } = all;
    const own: Secret = { name, type: 'Opaque', files };
    if (TLS_CERT === undefined || TLS_KEY === undefined || TLS_CA === undefined) return [own];
    const tls = { 'tls.crt': TLS_CERT, 'tls.key': TLS_KEY, 'ca.crt': TLS_CA };
    return [own, { name: `${name}-tls`, type: 'kubernetes.io/tls', files: tls }];
  });
}
