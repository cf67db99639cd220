import { expect, test } from '@jest/globals';
import { parseClients } from '../src/clients.ts';
import { ada, shopWeb, staff } from './setup.ts';

const signs = {
  clientId: 'signs',
  publicKey: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
  scope: 'webhooks:read',
  name: 'Signs',
};

test('the list of clients is taken as it was written', () => {
  const list = [ada, staff, shopWeb, signs];
  expect(parseClients(JSON.stringify(list))).toEqual(list);
});

test.each([
  ['text that is not JSON', `[{"clientSecret":"${ada.clientSecret}"`],
  ['something other than a list', { clients: [ada] }],
  ['a secret that could be guessed', [{ ...ada, clientSecret: 'short' }]],
  ['a missing scope', [{ ...ada, scope: undefined }]],
  ['a scope that no service knows', [{ ...ada, scope: 'orders:read everything' }]],
  ['a program that wants to sign in', [{ ...ada, scope: 'openid' }]],
  ['a client that has a secret and addresses', [{ ...ada, redirectUris: shopWeb.redirectUris }]],
  ['a private key', [{ ...signs, publicKey: { ...signs.publicKey, d: 'x'.repeat(43) } }]],
  ['a key of another kind', [{ ...signs, publicKey: { ...signs.publicKey, crv: 'P-384' } }]],
  ['a client that has a secret and a key', [{ ...ada, publicKey: signs.publicKey }]],
  ['an app of people that may introspect', [{ ...shopWeb, mayIntrospect: true }]],
  ['a client that has neither', [{ ...ada, clientSecret: undefined }]],
  ['no address to come back to', [{ ...shopWeb, redirectUris: [] }]],
  ['an address on another machine', [{ ...shopWeb, redirectUris: ['http://evil.test/callback'] }]],
  ['an address with a wildcard', [{ ...shopWeb, redirectUris: ['http://localhost/*'] }]],
  ['a client that is there twice', [ada, ada]],
  ['a field that means nothing', [{ ...ada, admin: true }]],
])('a list with %s is refused, and its secrets are not repeated', (_what, list) => {
  const text = typeof list === 'string' ? list : JSON.stringify(list);
  const refusal = expect(() => parseClients(text));
  refusal.toThrow(/^bad list of clients: /);
  refusal.not.toThrow(ada.clientSecret);
});
