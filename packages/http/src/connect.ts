/** How a service connects to another one. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { clientTls, type Tls } from './tls.ts';

type Found = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** For undici's pools: the `connect` option. */
export function connectOptions(tls: Tls | undefined) {
  return { timeout: 1000, lookup: findReplicas, ...(tls && clientTls(tls)) };
}

// #region replicas-behind-a-name
/**
 * A service's name stands for all its replicas. Name servers turn the list around with every answer, and the C
 * library sorts it again (RFC 6724), so that everybody would connect to the replica with the nearest number. Hence a
 * draw; the others are tried where that one does not answer.
 */
function findReplicas(host: string, options: LookupOptions, found: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    found(error, error === null ? shuffled(addresses) : []);
  });
}
// #endregion

function shuffled<Item>(items: Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
