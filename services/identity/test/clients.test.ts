import { expect, test } from '@jest/globals';
import { parseClients } from '../src/clients.ts';
import { ada, staff } from './setup.ts';

test('the list of clients is taken as it was written', () => {
  expect(parseClients(JSON.stringify([ada, staff]))).toEqual([ada, staff]);
});

test.each([
  ['text that is not JSON', `[{"clientSecret":"${ada.clientSecret}"`],
  ['something other than a list', { clients: [ada] }],
  ['a secret that could be guessed', [{ ...ada, clientSecret: 'short' }]],
  ['a missing scope', [{ ...ada, scope: undefined }]],
  ['a scope that no service knows', [{ ...ada, scope: 'orders:read everything' }]],
  ['a client that is there twice', [ada, ada]],
  ['a field that means nothing', [{ ...ada, admin: true }]],
])('a list with %s is refused, and its secrets are not repeated', (_what, list) => {
  const text = typeof list === 'string' ? list : JSON.stringify(list);
  const refusal = expect(() => parseClients(text));
  refusal.toThrow(/^bad list of clients: /);
  refusal.not.toThrow(ada.clientSecret);
});
