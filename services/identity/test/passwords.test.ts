import { expect, test } from '@jest/globals';
import { hashPassword, newHashOfNothing, verifyPassword } from '../src/passwords.ts';
import { parsePeople } from '../src/people.ts';
import { createSignIn } from '../src/sign-in.ts';
import { adaInPerson } from './setup.ts';

test('a password fits its own hash and no other', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/);
  expect(hash).not.toContain('horse');
  expect(await verifyPassword('correct horse battery', hash)).toBe(true);
  expect(await verifyPassword('correct horse batterx', hash)).toBe(false);
  expect(await hashPassword('correct horse battery')).not.toBe(hash);
});

test('a letter that can be typed in two ways is the same password', async () => {
  const hash = await hashPassword('caf\u00e9 du rhum');
  expect(await verifyPassword('cafe\u0301 du rhum', hash)).toBe(true);
});

test('a hash with other parameters still verifies', async () => {
  // scrypt('password', 'NaCl', N = 1024, r = 8, p = 16), the first 32 bytes of RFC 7914, section 12.
  const key = Buffer.from(
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162',
    'hex',
  ).toString('base64url');
  const salt = Buffer.from('NaCl').toString('base64url');
  expect(await verifyPassword('password', `$scrypt$ln=10,r=8,p=16$${salt}$${key}`)).toBe(true);
});

test.each(['', 'plain', '$scrypt$ln=14$$'])(
  'the stored text %j is not taken for a hash',
  async (text) => {
    await expect(verifyPassword('x', text)).rejects.toThrow('cannot be read');
  },
);

test('who is unknown costs one password check of the same price as who is known', async () => {
  const person = {
    username: 'ada',
    passwordHash: await hashPassword('x'),
    name: Buffer.of(),
    role: 'customer' as const,
  };
  const checked: string[] = [];
  const signIn = createSignIn({
    findPerson: async (name) => (name === 'ada' ? person : undefined),
    attemptIndex: (value) => value,
    store: {
      countAttempt: async () => 1,
      forgetAttempts: async () => undefined,
    },
    verifyPassword: async (_password, hash) => {
      checked.push(hash.replace(/\$[^$]+\$[^$]+$/, ''));
      return true;
    },
    clock: () => new Date(0),
  });
  for (const username of ['ada', 'eve', 'not a name']) {
    const { outcome } = await signIn({ username, password: 'guess', address: '::1' });
    expect(outcome).toBe(username === 'ada' ? 'signed-in' : 'refused');
  }
  expect(checked).toEqual(Array(3).fill('$scrypt$ln=14,r=8,p=5'));
});

test('the hash of nothing is fit for checking, and fits nothing', async () => {
  expect(await verifyPassword('', newHashOfNothing())).toBe(false);
});

test('the list of people is taken as it was written', () => {
  expect(parsePeople(JSON.stringify([adaInPerson]))).toEqual([adaInPerson]);
});

test.each([
  ['text that is not JSON', `[{"password":"${adaInPerson.password}"`],
  ['something other than a list', { people: [adaInPerson] }],
  ['a password that is too short', [{ ...adaInPerson, password: 'a pass' }]],
  ['a person who is there twice', [adaInPerson, adaInPerson]],
  [
    'two people of one address',
    [adaInPerson, { ...adaInPerson, username: 'eve', email: 'ADA@example.com' }],
  ],
  ['an address that is none', [{ ...adaInPerson, email: 'ada' }]],
  ['a name that could be markup', [{ ...adaInPerson, username: '<b>' }]],
  ['a field that means nothing', [{ ...adaInPerson, admin: true }]],
])('a list with %s is refused, and its passwords are not repeated', (_what, list) => {
  const text = typeof list === 'string' ? list : JSON.stringify(list);
  const refusal = expect(() => parsePeople(text));
  refusal.toThrow(/^bad list of people: /);
  refusal.not.toThrow('a pass');
});
