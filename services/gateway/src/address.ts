/**
 * Where a request comes from. X-Forwarded-For is text that anyone can send, so of it only the end counts, as
 * far as proxies of ours wrote it, and nothing at all where we have none.
 */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/** The client's address, where the last `trustedProxies` entries of X-Forwarded-For are ours. */
export function addressOf(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies: number,
): string {
  const direct = socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return direct;
  // #region the-end-of-x-forwarded-for
  // Every proxy adds the address that it was called from at the end. With one proxy of ours the last entry is
  // the client, with two the last but one; whatever stands before that is the client's own claim, and taking
  // the first entry, as is often done, would give a new budget to whoever makes up a new address. Where the
  // list is too short for our proxies to have written it, the request came past them.
  const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const client = hops.at(-trustedProxies)?.trim() ?? '';
  return isIP(client) === 0 ? direct : client;
  // #endregion
}

/**
 * What one caller has of the address space: an IPv4 address, and of IPv6 the 64 bits that providers give to one
 * home (RFC 6177 asks for no less), within which it can take a new address for every request.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  const prefix = groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
