/** Certificates as Node's own checks see them. */
import { expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { createAuthority, issue } from '../src/authority.ts';

const DAY_MS = 24 * 3600 * 1000;

test('a leaf is issued by the authority, for its name, and for as long as asked', async () => {
  const authority = await createAuthority('Test', 10);
  const root = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate((await issue(authority, 'orders', 2)).certificate);
  expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.checkHost('orders')).toBe('orders');
  expect(leaf.checkHost('payments')).toBeUndefined();
  const days = (leaf.validToDate.getTime() - Date.now()) / DAY_MS;
  expect(Math.round(days)).toBe(2);
});

test('an authority can sign, and a leaf cannot', async () => {
  const authority = await createAuthority('Test', 10);
  const leaf = await issue(authority, 'orders', 2);
  expect(new X509Certificate(authority.certificate).ca).toBe(true);
  expect(new X509Certificate(leaf.certificate).ca).toBe(false);
});

test('each key is used once', async () => {
  const authority = await createAuthority('Test', 10);
  const keys = await Promise.all([issue(authority, 'a', 1), issue(authority, 'a', 1)]);
  expect(new Set([authority.key, ...keys.map(({ key }) => key)]).size).toBe(3);
});
