import { expect, test } from '@jest/globals';
import { Socket } from 'node:net';
import { addressOf, networkOf } from '../src/address.ts';

const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '192.0.2.1' });

test.each([
  [0, '203.0.113.9', '192.0.2.1'],
  [1, '203.0.113.9', '203.0.113.9'],
  [1, '198.51.100.7, 203.0.113.9', '203.0.113.9'],
  [2, '198.51.100.7, 203.0.113.9, 10.0.0.1', '203.0.113.9'],
  [2, '10.0.0.1', '192.0.2.1'],
  [1, undefined, '192.0.2.1'],
  [1, 'unknown', '192.0.2.1'],
  [1, '203.0.113.9,', '192.0.2.1'],
  [1, '2001:db8::1', '2001:db8::1'],
])('with %i proxies of ours, X-Forwarded-For: %s says %s', (proxies, header, address) => {
  const headers = header === undefined ? {} : { 'x-forwarded-for': header };
  expect(addressOf({ headers, socket }, proxies)).toBe(address);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s is one of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
