import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rotateSecrets } from '../rotate-secrets.ts';
import { clientsFile, loadSecrets, peopleFile } from '../secrets.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'waymark-secrets-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('the second start has the secrets of the first', async () => {
  expect(await loadSecrets(directory)).toEqual(await loadSecrets(directory));
});

test('secrets of an older version are kept, and what they lack is added to stay', async () => {
  const { people, ...older } = await loadSecrets(directory);
  expect(people.map(({ username }) => username)).toEqual(['ada', 'bob', 'sam']);
  const { identity = '', ...otherPasswords } = older.databasePasswords;
  expect(identity).not.toBe('');
  const file = { ...older, databasePasswords: otherPasswords };
  await writeFile(path.join(directory, 'secrets.json'), JSON.stringify(file));
  await rm(peopleFile(directory));
  const completed = await loadSecrets(directory);
  expect(completed).toMatchObject(file);
  expect(completed.databasePasswords.identity).toMatch(/^[\w-]{32}$/);
  expect(completed.people).toHaveLength(3);
  expect(JSON.parse(await readFile(peopleFile(directory), 'utf8'))).toEqual(completed.people);
  expect(await loadSecrets(directory)).toEqual(completed);
});

test('a client that a later version adds is added, and the others keep their secrets', async () => {
  const { clients, ...others } = await loadSecrets(directory);
  const older = clients.filter(({ clientId }) => clientId !== 'partner');
  expect(older).toHaveLength(clients.length - 1);
  const file = JSON.stringify({ ...others, clients: older });
  await writeFile(path.join(directory, 'secrets.json'), file);
  const completed = (await loadSecrets(directory)).clients;
  expect(completed.slice(0, -1)).toEqual(older);
  expect(completed.at(-1)).toMatchObject({
    clientId: 'partner',
    scope: 'webhooks:read webhooks:write',
  });
  expect((await loadSecrets(directory)).clients).toEqual(completed);
});

test('the list of clients has those without a secret as well, and no private key', async () => {
  const { clients } = await loadSecrets(directory);
  const text = await readFile(clientsFile(directory), 'utf8');
  const listed = JSON.parse(text) as { clientId: string }[];
  const names = clients.map(({ clientId }) => clientId);
  expect(listed.map(({ clientId }) => clientId)).toEqual([...names, 'shop-web', 'command-line']);
  const outfitter = clients.find((client) => 'privateKey' in client);
  const { d = '', x = '' } = outfitter?.privateKey ?? {};
  expect(d).not.toBe('');
  expect(text).toContain(x);
  expect(text).not.toContain(d);
});

test('nobody but their owner may read any of the files', async () => {
  await loadSecrets(directory);
  const files = await readdir(directory);
  expect(files.sort()).toEqual([
    'clients.json',
    'identity.key-ring.json',
    'orders.key-ring.json',
    'people.json',
    'secrets.json',
  ]);
  for (const file of files) {
    expect((await stat(path.join(directory, file))).mode & 0o077).toBe(0);
  }
});

test('people of an older version get an e-mail address, and keep their passwords', async () => {
  const { people, ...others } = await loadSecrets(directory);
  const older = people.map(({ username, password, name }) => ({ username, password, name }));
  const file = path.join(directory, 'secrets.json');
  await writeFile(file, JSON.stringify({ ...others, people: older }));
  expect((await loadSecrets(directory)).people).toEqual(people);
});

test('a rotation adds one key to each ring, however often it is begun, and ends with that one', async () => {
  const { keyRings: first } = await loadSecrets(directory);
  const id = await rotateSecrets(directory, 'begin');
  expect(await rotateSecrets(directory, 'begin')).toBe(id);
  const { keyRings: both } = await loadSecrets(directory);
  expect(both.orders.slice(1)).toEqual(first.orders);
  expect(both.identity.map((key) => key.id)).toEqual([id, first.identity[0]?.id]);
  expect(await rotateSecrets(directory, 'end')).toBe(id);
  const { keyRings: last } = await loadSecrets(directory);
  expect(last).toEqual({ orders: both.orders.slice(0, 1), identity: both.identity.slice(0, 1) });
  const ring = await readFile(path.join(directory, 'orders.key-ring.json'), 'utf8');
  expect(JSON.parse(ring)).toEqual(last.orders);
  expect(await rotateSecrets(directory, 'begin')).not.toBe(id);
});
