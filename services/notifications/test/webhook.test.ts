import { expect, test } from '@jest/globals';
import { isPublicAddress } from '../src/address.ts';
import { nextAttemptAt, payloadOf } from '../src/webhook.ts';

const now = new Date('2026-03-01T10:00:00Z');
const pause = (attempts: number, random: number) => {
  const at = nextAttemptAt(attempts, now, () => random);
  return at === null ? null : (at.getTime() - now.getTime()) / 1000;
};

test('attempts are repeated after seconds, then hours, and given up after the eighth', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempts) => pause(attempts, 0));
  expect(pauses).toEqual([5, 60, 300, 1800, 7200, 18_000, 36_000, null, null]);
});

test('jitter makes each pause up to a fifth longer, and never shorter', () => {
  expect([pause(2, 0), pause(2, 0.5), pause(2, 1)]).toEqual([60, 66, 72]);
});

test('a partner is told of an order in the form of Standard Webhooks', () => {
  const step = { orderId: 'o', step: 'order-cancelled', state: 'cancelled', at: 'then' } as const;
  expect(JSON.parse(payloadOf({ ...step, reason: 'out-of-stock' }))).toEqual({
    type: 'order-cancelled',
    timestamp: 'then',
    data: { orderId: 'o', state: 'cancelled', reason: 'out-of-stock' },
  });
});

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  'localhost',
  '',
])('%s is no public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '192.169.0.1',
  '2a00:1450:4001::1',
  '2606:4700::1',
])('%s is a public address', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
