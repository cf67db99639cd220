/**
 * The secrets that everything else is made from, kept in the folder of nobody but the jobs and the tools: those of the
 * embedded platform, the passwords of the brokers' users, and the authority that signs the services' certificates.
 */
import { createAuthority, issue, type Identity } from '@waymark/certificates/authority.ts';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { serviceNames, type ServiceName } from '../embedded/names.ts';
import { loadSecrets, secret, writeSecret, type Secrets } from '../embedded/secrets.ts';
import { principals as kafkaUsers } from '../kafka/rights.ts';
import { rabbitUsers } from '../rabbitmq/definitions.ts';
import { redisUsers } from '../redis/users.ts';

type Passwords = Record<string, string>;

interface Brokers {
  kafka: Passwords;
  redis: Passwords;
  rabbitmq: Passwords;
  grafana: Passwords;
}

export interface MasterSecrets {
  secrets: Secrets;
  brokers: Brokers;
  authority: string;
  identities: Record<ServiceName, Identity>;
}

const AUTHORITY_DAYS = 3650;
const IDENTITY_DAYS = 365;
/** A certificate with less than this is made anew, so a platform should be started again at least every nine months. */
const LEAST_DAYS = 90;

export async function loadMasterSecrets(directory: string): Promise<MasterSecrets> {
  await mkdir(directory, { recursive: true });
  const authority = await loadOrMake(path.join(directory, 'authority.json'), () =>
    createAuthority('Waymark, services', AUTHORITY_DAYS),
  );
  const identities = await Promise.all(
    serviceNames.map(async (name) => {
      const file = path.join(directory, `identity-${name}.json`);
      const identity = await loadOrMake(
        file,
        () => issue(authority, name, IDENTITY_DAYS),
        ({ certificate }) => daysLeft(certificate) > LEAST_DAYS,
      );
      return [name, identity] as const;
    }),
  );
  return {
    secrets: await loadSecrets(directory),
    brokers: await loadBrokers(path.join(directory, 'brokers.json')),
    authority: authority.certificate,
    identities: Object.fromEntries(identities) as Record<ServiceName, Identity>,
  };
}

/** Completed by users that a newer version knows. */
async function loadBrokers(file: string): Promise<Brokers> {
  const stored = existsSync(file)
    ? (JSON.parse(await readFile(file, 'utf8')) as Partial<Brokers>)
    : {};
  const brokers: Brokers = {
    kafka: { ...passwords(kafkaUsers), ...stored.kafka },
    redis: { ...passwords(redisUsers), ...stored.redis },
    rabbitmq: { ...passwords(rabbitUsers), ...stored.rabbitmq },
    grafana: { ...passwords(['admin']), ...stored.grafana },
  };
  await writeSecret(file, JSON.stringify(brokers, null, 2));
  return brokers;
}

function passwords(users: readonly string[]): Passwords {
  return Object.fromEntries(users.map((name) => [name, secret()]));
}

async function loadOrMake<Value>(
  file: string,
  make: () => Promise<Value>,
  isGood: (value: Value) => boolean = () => true,
): Promise<Value> {
  if (existsSync(file)) {
    const stored = JSON.parse(await readFile(file, 'utf8')) as Value;
    if (isGood(stored)) return stored;
  }
  const made = await make();
  await writeSecret(file, JSON.stringify(made, null, 2));
  return made;
}

function daysLeft(certificate: string): number {
  const { validToDate } = new X509Certificate(certificate);
  return (validToDate.getTime() - Date.now()) / (24 * 3600 * 1000);
}
