/**
 * Which addresses a webhook may lead to. A partner chooses the address and we make the request, from inside our
 * network: without this guard a webhook could reach what no stranger can (server-side request forgery), such as
 * a cloud's metadata service at 169.254.169.254.
 */
import { Problem } from '@waymark/http/problem.ts';
import { Resolver } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { errors } from './errors.ts';

/** All addresses of a host name; none where it has none. */
export type Lookup = (hostname: string) => Promise<string[]>;

export interface AddressGuard {
  /** Throws `webhook-url-refused`. */
  checkUrl(url: string): Promise<void>;
  /** An address to connect to. Throws where there is none, or where one of them is not public. */
  resolve(url: URL): Promise<string>;
}

const LOOKUP_MS = 2000;

/** IPv4 that is not for the public: https://www.iana.org/assignments/iana-ipv4-special-registry */
const specialV4 = subnets('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]);
/** All of IPv6 that is given out; loopback, private, link-local and mapped IPv4 addresses are outside of it. */
const globalV6 = subnets('ipv6', ['2000::/3']);
/** Within it: special purposes, documentation, and tunnels that hide an IPv4 address. */
const specialV6 = subnets('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialV4.check(address, 'ipv4');
  // Node holds a mapped address against IPv4's lists, so it is told by its form as well.
  return (
    isIP(address) === 6 && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
  );
}

export function createAddressGuard({
  privateHosts,
  lookup = lookUp,
}: {
  /** Where a partner of the demonstration is: over http, and at whatever address. */
  privateHosts: readonly string[];
  lookup?: Lookup | undefined;
}): AddressGuard {
  // #region named-and-no-more
  // A demonstration needs a partner on the same machine. A switch that lets webhooks go to private addresses lets
  // them all in, a cloud's metadata service among them; a list of hosts lets in what is on it.
  const isExempt = ({ hostname }: URL) => privateHosts.includes(hostname);
  // #endregion

  async function addressesOf({ hostname }: URL): Promise<string[]> {
    // The URL parser has read every spelling of an IPv4 address already, such as 0x7f.1.
    const literal = hostname.replace(/^\[(.*)\]$/, '$1');
    return isIP(literal) === 0 ? lookup(hostname) : [literal];
  }

  return {
    async checkUrl(text) {
      const url = URL.parse(text);
      const isPlain = url?.username === '' && url.password === '' && url.hash === '';
      const exempt = url !== null && isExempt(url);
      const isSecure = url?.protocol === 'https:' || (exempt && url.protocol === 'http:');
      if (url === null || !isPlain || !isSecure) throw new Problem(errors['webhook-url-refused']);
      if (exempt) return;
      // A name that cannot be looked up now may be there later: each delivery looks again.
      const addresses = await addressesOf(url).catch(() => []);
      if (!addresses.every(isPublicAddress)) throw new Problem(errors['webhook-url-refused']);
    },

    async resolve(url) {
      const addresses = await addressesOf(url);
      const [address] = addresses;
      if (address === undefined) throw new Error('the host has no address');
      if (!isExempt(url) && !addresses.every(isPublicAddress))
        throw new Error('the host has an address that is not public');
      return address;
    },
  };
}

/** By queries of our own: Node's dns.lookup has four threads for all, and slow name servers would fill them. */
async function lookUp(hostname: string): Promise<string[]> {
  if (hostname === 'localhost') return ['127.0.0.1'];
  const resolver = new Resolver({ timeout: LOOKUP_MS, tries: 1 });
  const found = await Promise.allSettled([
    resolver.resolve4(hostname),
    resolver.resolve6(hostname),
  ]);
  return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

function subnets(family: 'ipv4' | 'ipv6', ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}
