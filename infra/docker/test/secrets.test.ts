/** The secrets of a containerised platform, minted into a scratch directory. */
import { expect, test } from '@jest/globals';
import { issue, type Identity } from '@waymark/certificates/authority.ts';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadMasterSecrets } from '../master-secrets.ts';
import { secretFiles } from '../secret-files.ts';

async function setup() {
  const directory = await mkdtemp(path.join(tmpdir(), 'waymark-secrets-'));
  return {
    directory,
    load: () => loadMasterSecrets(directory),
    async authority() {
      const text = await readFile(path.join(directory, 'authority.json'), 'utf8');
      return JSON.parse(text) as Identity;
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true });
    },
  };
}

test('a second start finds the secrets of the first', async () => {
  await using world = await setup();
  const first = await world.load();
  expect(await world.load()).toEqual(first);
});

test('users that a newer version knows get a password, and the others keep theirs', async () => {
  await using world = await setup();
  const { brokers } = await world.load();
  const older = { orders: brokers.kafka.orders };
  const file = path.join(world.directory, 'brokers.json');
  await writeFile(file, JSON.stringify({ ...brokers, kafka: older }));
  const completed = (await world.load()).brokers;
  expect(completed.kafka.orders).toBe(older.orders);
  expect(completed.kafka.tools).toHaveLength(32);
});

test('every certificate is signed by the authority and names its service', async () => {
  await using world = await setup();
  const { authority, identities } = await world.load();
  const { publicKey } = new X509Certificate(authority);
  for (const [name, { certificate }] of Object.entries(identities)) {
    const leaf = new X509Certificate(certificate);
    expect([leaf.subject, leaf.verify(publicKey)]).toEqual([`CN=${name}`, true]);
  }
});

test('a certificate that ends within 90 days is made anew, the authority is kept', async () => {
  await using world = await setup();
  const first = await world.load();
  const file = path.join(world.directory, 'identity-orders.json');
  const ending = await issue(await world.authority(), 'orders', 89);
  await writeFile(file, JSON.stringify(ending));
  const second = await world.load();
  expect(second.identities.orders.certificate).not.toBe(ending.certificate);
  expect(second.authority).toBe(first.authority);
});

test('a service is given no password of another, and neither the authority’s key', async () => {
  await using world = await setup();
  const master = await world.load();
  const files = secretFiles(master);
  const { key } = await world.authority();
  expect(Object.values(files).flatMap(Object.values)).not.toContain(key);
  const { databasePasswords } = master.secrets;
  const services = Object.keys(master.identities);
  for (const reader of services) {
    const text = JSON.stringify(files[reader]);
    const known = Object.keys(databasePasswords).filter((role) =>
      text.includes(databasePasswords[role] ?? '-'),
    );
    expect(known).toEqual(reader === 'gateway' ? [] : [reader]);
  }
});

test('Redis and RabbitMQ get hashes of the services’ passwords', async () => {
  await using world = await setup();
  const master = await world.load();
  const { redis, rabbitmq } = secretFiles(master);
  const { notifications = '' } = master.brokers.rabbitmq;
  for (const password of [notifications, ...Object.values(master.brokers.redis)])
    expect(JSON.stringify([redis, rabbitmq])).not.toContain(password);
});
