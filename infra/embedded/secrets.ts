/**
 * The secrets of one embedded platform, made at its first start and kept beside its data, readable by its owner
 * alone. Nothing secret is in the repository. A platform that an older version made gets what it lacks.
 */
import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keyRingFile, newKeyRings, type KeyRings } from './key-rings.ts';
import { keyHolders, roleNames } from './names.ts';

export type Client = { clientId: string; scope: string; name: string } & (
  | { clientSecret: string }
  /** Of this one, the identity service gets the public half. */
  | { privateKey: JsonWebKey }
);

/** Someone who signs in on a page. Their orders are those of the client with the same name. */
export interface Person {
  username: string;
  password: string;
  name: string;
  email?: string;
  role?: 'support';
}

export interface Secrets {
  /** The server's own superuser. */
  postgresPassword: string;
  /** One login role per service that has a database, and one for the broker's. */
  databasePasswords: Record<string, string>;
  pspApiKey: string;
  clients: Client[];
  people: Person[];
  keyRings: KeyRings;
  /** Of what is found without being opened. */
  blindIndexKey: string;
}

const CUSTOMER = 'orders:read orders:write';
const PARTNER = 'webhooks:read webhooks:write';
const SUPPORT = 'support:read support:refund';
const STAFF = 'catalog:write inventory:read inventory:write';

/** Has no secret: what stands for it is where its answers may go (RFC 8252), on any port. */
const SHOP_WEB = {
  clientId: 'shop-web',
  redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback', 'http://[::1]/callback'],
  scope: `openid offline_access ${CUSTOMER}`,
  name: 'Waymark shop',
};

/** Has no secret either, and no address: its person says yes on another page (RFC 8628). */
const COMMAND_LINE = {
  clientId: 'command-line',
  deviceFlow: true,
  scope: `openid offline_access ${CUSTOMER} ${SUPPORT}`,
  name: 'Waymark command line',
};

/** The secrets of a platform that was started before. */
export async function readSecrets(directory: string): Promise<Secrets> {
  return JSON.parse(await readFile(secretsFile(directory), 'utf8')) as Secrets;
}

/** Reads the secrets of the directory, and makes those that are not there yet. For whoever holds the directory. */
export async function loadSecrets(directory: string): Promise<Secrets> {
  const file = secretsFile(directory);
  const stored = existsSync(file)
    ? (JSON.parse(await readFile(file, 'utf8')) as Partial<Secrets>)
    : {};
  const made = newSecrets();
  const secrets = {
    ...made,
    ...stored,
    databasePasswords: { ...made.databasePasswords, ...stored.databasePasswords },
    clients: complete(made.clients, stored.clients, ({ clientId }) => clientId),
    people: completePeople(made.people, stored.people ?? []),
  };
  await saveSecrets(directory, secrets);
  return secrets;
}

/** Writes them, and what the services read of them. */
export async function saveSecrets(directory: string, secrets: Secrets): Promise<void> {
  await writeSecret(secretsFile(directory), JSON.stringify(secrets, null, 2));
  await writeSecret(clientsFile(directory), clientsJson(secrets));
  await writeSecret(peopleFile(directory), JSON.stringify(secrets.people));
  for (const name of keyHolders)
    await writeSecret(keyRingFile(directory, name), JSON.stringify(secrets.keyRings[name]));
}

/** As the identity service reads it: those with a secret or a key, the shop's page and the command line. */
export function clientsJson({ clients }: Pick<Secrets, 'clients'>): string {
  return JSON.stringify([...clients.map(withoutPrivateKey), SHOP_WEB, COMMAND_LINE]);
}

function withoutPrivateKey(client: Client): object {
  if (!('privateKey' in client)) return client;
  const { privateKey, ...rest } = client;
  const { kty, crv, x, y } = privateKey;
  return { ...rest, publicKey: { kty, crv, x, y } };
}

function secretsFile(directory: string): string {
  return path.join(directory, 'secrets.json');
}

/** The demo clients, as the identity service reads them. */
export function clientsFile(directory: string): string {
  return path.join(directory, 'clients.json');
}

/** The demo people, likewise. */
export function peopleFile(directory: string): string {
  return path.join(directory, 'people.json');
}

/** Those that are stored, and of those that were made the ones that are missing. */
function complete<One>(made: One[], stored: One[] = [], nameOf: (one: One) => string): One[] {
  const known = new Set(stored.map(nameOf));
  return [...stored, ...made.filter((one) => !known.has(nameOf(one)))];
}

/** Each with an e-mail address, and those that are missing. */
function completePeople(made: Person[], stored: Person[]): Person[] {
  const known = (name: string) => stored.find(({ username }) => username === name);
  const others = stored.filter(({ username }) => !made.some((one) => one.username === username));
  return [...made.map((person) => ({ ...person, ...known(person.username) })), ...others];
}

function newSecrets(): Secrets {
  return {
    postgresPassword: secret(),
    databasePasswords: Object.fromEntries(roleNames.map((name) => [name, secret()])),
    pspApiKey: secret(),
    clients: [
      { clientId: 'ada', clientSecret: secret(), scope: CUSTOMER, name: 'Ada, a demo customer' },
      { clientId: 'bob', clientSecret: secret(), scope: CUSTOMER, name: 'Bob, a demo customer' },
      { clientId: 'sam', clientSecret: secret(), scope: SUPPORT, name: 'Sam, of the support' },
      { clientId: 'staff', clientSecret: secret(), scope: STAFF, name: 'The shop’s staff' },
      { clientId: 'outfitter', privateKey: newKey(), scope: PARTNER, name: 'A partner that signs' },
      { clientId: 'partner', clientSecret: secret(), scope: PARTNER, name: 'A demo partner' },
    ],
    people: [
      newPerson('ada', 'Ada, a demo customer'),
      newPerson('bob', 'Bob, a demo customer'),
      { ...newPerson('sam', 'Sam, of the support'), role: 'support' },
    ],
    keyRings: newKeyRings(),
    blindIndexKey: secret(),
  };
}

function newPerson(username: string, name: string): Person {
  return { username, password: secret(), name, email: `${username}@example.com` };
}

/** All or nothing: half a file of secrets would lock us out of our own database. */
export async function writeSecret(file: string, text: string, mode = 0o600): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}

function newKey(): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'jwk' });
}

export function secret(): string {
  return randomBytes(24).toString('base64url');
}
