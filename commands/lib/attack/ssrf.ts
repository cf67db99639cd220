/**
 * Addresses that make us ask on somebody's behalf: a partner's webhook. From outside one can only register; what happens
 * when a name changes after that, or the partner answers with a redirect, is held by the tests of notifications
 * (post.test.ts), which play the name server and the partner.
 */
import { honest, refusedBy, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';
import { idOf, NOWHERE, removeVictims } from './victims.ts';

/** Each leads somewhere that no stranger can reach by himself. */
const INSIDE = {
  'a cloud’s metadata': 'https://169.254.169.254/latest/meta-data/',
  'a cloud’s metadata over http': 'http://169.254.169.254/latest/meta-data/',
  'a private network (10)': 'https://10.0.0.1/',
  'a private network (172.16)': 'https://172.16.0.1/',
  'a private network (192.168)': 'https://192.168.0.1/',
  'a carrier’s network': 'https://100.64.0.1/',
  'another address of this machine': 'https://127.0.0.2/',
  'every address of this machine': 'https://0.0.0.0/',
  'this machine, in octal': 'https://0177.0.0.2/',
  'this machine, in hexadecimal': 'https://0x7f000002/',
  'this machine, as one number': 'https://2130706434/',
  'this machine, shortened': 'https://127.2/',
  'this machine, in full-width digits': 'https://１２７.0.0.2/',
  'this machine over IPv6': 'https://[::1]/',
  'this machine over IPv6, as IPv4': 'https://[::ffff:127.0.0.2]/',
  'this machine over IPv6, as IPv4 in hexadecimal': 'https://[::ffff:7f00:2]/',
  'a private network over IPv6': 'https://[fd00::1]/',
  'a link over IPv6': 'https://[fe80::1]/',
  'a tunnel that hides an IPv4 address (6to4)': 'https://[2002:7f00:1::]/',
  'NAT64 to this machine': 'https://[64:ff9b::7f00:1]/',
  multicast: 'https://224.0.0.1/',
  broadcast: 'https://255.255.255.255/',
  'a name in front of the host': 'https://partner.invalid@10.0.0.1/',
  'a password in the address': NOWHERE.replace('//', '//user:password@'),
  'a fragment that looks like a host': `${NOWHERE}#@10.0.0.1/`,
  'no encryption': NOWHERE.replace('https', 'http'),
  'a file': 'file:///etc/passwd',
  gopher: 'gopher://10.0.0.1:6379/_FLUSHALL',
  'a script': 'javascript:alert(1)',
  'no host': 'https://',
};

export const ssrf: Family = {
  name: 'ssrf',
  async prepare(target) {
    const made = await register(target, NOWHERE);
    honest('a partner registers a public address', made.status === 201, made);
    return Object.entries(INSIDE).map(([name, url]): Attack => ({
      name: `webhook to ${name}`,
      async run() {
        const answer = await register(target, url);
        if (answer.status === 201)
          await target.askAs('partner', {
            method: 'DELETE',
            path: `/v1/webhooks/${idOf(answer.text)}`,
          });
        return refusedBy(answer, 422, 'webhook-url-refused');
      },
    }));
  },
  tidy: removeVictims,
};

function register(target: Target, url: string) {
  const json = { url, eventTypes: ['order-placed'] };
  return target.askAs('partner', { method: 'POST', path: '/v1/webhooks', json });
}
