import { expect, test } from '@jest/globals';
import { readChaosOptions, type ChaosWords } from '../lib/chaos-options.ts';

const words: ChaosWords = { on: 'embedded', orders: '100', kills: '5', seed: '7' };
const read = (changed: Partial<ChaosWords> = {}) => readChaosOptions({ ...words, ...changed });

test('brokers are among the victims on compose, and only there', () => {
  expect(read().victims).not.toContain('kafka');
  expect(read({ on: 'compose' }).victims).toEqual(
    expect.arrayContaining(['orders', 'kafka', 'redis', 'rabbitmq', 'postgres']),
  );
  expect(read({ on: 'compose', victims: 'kafka,redis' }).victims).toEqual(['kafka', 'redis']);
  expect(() => read({ victims: 'kafka,redis' })).toThrow('cannot kill kafka; there are');
});

test.each([
  [{ on: 'moon' }, '--on takes embedded or compose, not moon'],
  [{ orders: '0' }, '--orders must be a whole number from 1'],
  [{ kills: '2.5' }, '--kills must be a whole number from 0'],
  [{ seed: 'x' }, '--seed must be a whole number from 0'],
  [{ plant: 'roses' }, 'no such bug to plant'],
  [
    { plant: 'ack-before-effect', on: 'compose' },
    'a bug is planted into processes of this machine',
  ],
])('%j is refused with a reason', (wrong, reason) => {
  expect(() => read(wrong)).toThrow(reason);
});
