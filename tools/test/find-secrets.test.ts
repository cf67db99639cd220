import { expect, test } from '@jest/globals';
import { findSecrets } from '../find-secrets.ts';

// In parts, so that this file has none.
const BAR = '-----';
const PRIVATE_KEY = [
  `${BAR}BEGIN RSA PRIVATE KEY${BAR}`,
  'MIIEpAIBAAKCAQEA7'.repeat(8),
  `${BAR}END RSA PRIVATE KEY${BAR}`,
].join('\n');

test.each([
  ['a key of AWS', ['AWS_SECRET_ACCESS_KEY=', 'wJa1rXUt/nFE7Kbx'.repeat(3).slice(0, 40)]],
  ['a token of GitHub', ['token: ghp_', 'a1B2c3D4e5'.repeat(4).slice(0, 36)]],
  ['a private key', [PRIVATE_KEY]],
  ['a password of a database', ['url: postgres', '://admin:hunter2secret@db.example.com/shop']],
])('%s is found, with its line, and is not repeated', async (_what, parts) => {
  const secret = parts.join('');
  const found = await findSecrets(`first line\n${secret}\n`);
  expect(found.map(({ line }) => line)).toEqual([2]);
  expect(secret).not.toContain(found[0]?.what);
});

test('what only speaks of secrets has none', async () => {
  const text = 'PASSWORD_FILE=/run/secrets/PASSWORD\nconst token = await shop.token("ada");\n';
  expect(await findSecrets(text)).toEqual([]);
});
