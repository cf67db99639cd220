/**
 * Which secret goes to whom: a folder for each reader, mounted into that container and no other, with a file for
 * each secret. A service's file is named like the variable that it stands for, `X_FILE` being the path of `X`.
 * Who may read it is decided by the mount, since the servers' images have users of their own.
 */
import { serviceNames, servicesWithDatabase, type ServiceName } from '../embedded/names.ts';
import { clientsJson } from '../embedded/secrets.ts';
import { TOOLS } from '../kafka/rights.ts';
import { definitions, VIEWER } from '../rabbitmq/definitions.ts';
import { aclFile } from '../redis/users.ts';
import type { MasterSecrets } from './master-secrets.ts';

type Files = Record<string, string>;

export function secretFiles(master: MasterSecrets): Record<string, Files> {
  const { secrets, brokers } = master;
  const services = serviceNames.map((name) => [name, filesOf(name, master)] as const);
  return {
    ...Object.fromEntries(services),
    postgres: { password: secrets.postgresPassword },
    databases: { 'databases.json': databasesJson(master) },
    'kafka-set-up': { KAFKA_PASSWORDS: JSON.stringify(brokers.kafka) },
    redis: { 'users.acl': aclFile(brokers.redis) },
    rabbitmq: {
      'definitions.json': definitions(brokers.rabbitmq),
      viewer: brokers.rabbitmq[VIEWER] ?? '',
    },
    grafana: { password: brokers.grafana.admin ?? '' },
    tools: { 'platform.json': platformJson(master) },
  };
}

function filesOf(name: ServiceName, master: MasterSecrets): Files {
  const { secrets, brokers, identities, authority } = master;
  const { kafka, redis, rabbitmq } = brokers;
  const files: Files = {
    TLS_CERT: identities[name].certificate,
    TLS_KEY: identities[name].key,
    TLS_CA: authority,
  };
  if (name !== 'gateway') files.DATABASE_URL = databaseUrl(master, name);
  if (name in kafka) files.EVENT_LOG_URL = `kafka://${name}:${kafka[name] ?? ''}@kafka:9092`;
  if (name in redis) {
    const url = `redis://${name}:${redis[name] ?? ''}@redis:6379`;
    files[name === 'notifications' ? 'FEED_URL' : 'KEY_VALUE_URL'] = url;
  }
  if (name in rabbitmq)
    files.WORK_QUEUE_URL = `amqp://${name}:${rabbitmq[name] ?? ''}@rabbitmq:5672/${name}`;
  if (name === 'psp' || name === 'payments') files.PSP_API_KEY = secrets.pspApiKey;
  if (name === 'identity') {
    files.CLIENTS = clientsJson(secrets);
    files.PEOPLE = JSON.stringify(secrets.people);
    files.BLIND_INDEX_KEY = secrets.blindIndexKey;
  }
  if (name === 'identity' || name === 'orders')
    files.KEY_ENCRYPTION_KEYS = JSON.stringify(secrets.keyRings[name]);
  return files;
}

function databasesJson(master: MasterSecrets): string {
  const { postgresPassword, databasePasswords } = master.secrets;
  const names = servicesWithDatabase;
  return JSON.stringify({
    adminUrl: `postgres://postgres:${postgresPassword}@postgres:5432/postgres`,
    passwords: Object.fromEntries(names.map((name) => [name, databasePasswords[name]])),
    urls: databaseUrls(master),
  });
}

/** Where everything is, for the commands of people: commands/lib/running.ts. */
function platformJson(master: MasterSecrets): string {
  const { secrets, brokers } = master;
  return JSON.stringify({
    gatewayUrl: 'http://gateway:8080',
    clients: secrets.clients,
    people: secrets.people,
    databaseUrls: databaseUrls(master),
    eventLogUrl: `kafka://${TOOLS}:${brokers.kafka[TOOLS] ?? ''}@kafka:9092`,
  });
}

function databaseUrls(master: MasterSecrets): Record<string, string> {
  return Object.fromEntries(servicesWithDatabase.map((name) => [name, databaseUrl(master, name)]));
}

function databaseUrl({ secrets }: MasterSecrets, name: string): string {
  return `postgres://${name}:${secrets.databasePasswords[name] ?? ''}@postgres:5432/${name}`;
}
