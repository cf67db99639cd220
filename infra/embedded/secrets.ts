/**
 * The secrets of one embedded platform, made at its first start and kept beside its data, readable by its owner
 * alone. Nothing secret is in the repository.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { databaseNames } from './names.ts';

export interface Client {
  clientId: string;
  clientSecret: string;
  scope: string;
  name: string;
}

export interface Secrets {
  /** The server's own superuser. */
  postgresPassword: string;
  /** One login role per service that has a database, and one for the broker's. */
  databasePasswords: Record<string, string>;
  pspApiKey: string;
  clients: Client[];
}

const CUSTOMER = 'orders:read orders:write';
const STAFF = 'catalog:write inventory:read inventory:write';

/** Reads the secrets of the directory, or makes them. */
export async function loadSecrets(directory: string): Promise<Secrets> {
  const file = path.join(directory, 'secrets.json');
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Secrets;
  const secrets: Secrets = {
    postgresPassword: secret(),
    databasePasswords: Object.fromEntries(databaseNames.map((name) => [name, secret()])),
    pspApiKey: secret(),
    clients: [
      { clientId: 'ada', clientSecret: secret(), scope: CUSTOMER, name: 'Ada, a demo customer' },
      { clientId: 'bob', clientSecret: secret(), scope: CUSTOMER, name: 'Bob, a demo customer' },
      { clientId: 'staff', clientSecret: secret(), scope: STAFF, name: 'The shop’s staff' },
    ],
  };
  await writeFile(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await writeFile(clientsFile(directory), JSON.stringify(secrets.clients), { mode: 0o600 });
  return secrets;
}

/** The demo clients, as the identity service reads them. */
export function clientsFile(directory: string): string {
  return path.join(directory, 'clients.json');
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
