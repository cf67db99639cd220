/**
 * The services of the embedded platform and the environment that each gets: this table is what a compose file
 * or a manifest says elsewhere.
 */
import { keyRingFile } from './key-rings.ts';
import type { DatabaseName, ServiceName } from './names.ts';
import { clientsFile, peopleFile, type Secrets } from './secrets.ts';

export interface Ports {
  postgres: number;
  services: Record<ServiceName, { port: number; operationsPort: number }>;
}

export interface Settings {
  directory: string;
  ports: Ports;
  secrets: Secrets;
  /** Settings on top of the table's, the same for all services. */
  extra: Record<string, string>;
}

export function gatewayUrl(ports: Ports): string {
  return `http://localhost:${String(ports.services.gateway.port)}`;
}

export function environmentOf(name: ServiceName, settings: Settings): Record<string, string> {
  const { ports, secrets } = settings;
  const { port, operationsPort } = ports.services[name];
  const url = (service: ServiceName) => `http://127.0.0.1:${String(ports.services[service].port)}`;
  const database = { DATABASE_URL: databaseUrl(settings, name) };
  const brokerUrl = databaseUrl(settings, name, 'broker');
  const broker = { EVENT_LOG_URL: brokerUrl };
  const keyValue = { KEY_VALUE_URL: brokerUrl };
  const issuer = `${gatewayUrl(ports)}/identity`;
  const tokens = { TOKEN_ISSUER: issuer, JWKS_URL: `${url('identity')}/identity/jwks` };
  const own: Record<ServiceName, Record<string, string>> = {
    identity: {
      ...database,
      ISSUER: issuer,
      CLIENTS_FILE: clientsFile(settings.directory),
      PEOPLE_FILE: peopleFile(settings.directory),
      KEY_ENCRYPTION_KEYS_FILE: keyRingFile(settings.directory, 'identity'),
      BLIND_INDEX_KEY: secrets.blindIndexKey,
    },
    catalog: { ...database, ...broker, ...tokens, ...keyValue },
    orders: {
      ...database,
      ...broker,
      ...tokens,
      KEY_ENCRYPTION_KEYS_FILE: keyRingFile(settings.directory, 'orders'),
    },
    inventory: { ...database, ...broker, ...tokens, INITIAL_STOCK: '1000' },
    payments: { ...database, ...broker, PSP_URL: url('psp'), PSP_API_KEY: secrets.pspApiKey },
    psp: { ...database, PSP_API_KEY: secrets.pspApiKey },
    notifications: {
      ...database,
      ...broker,
      ...tokens,
      FEED_URL: brokerUrl,
      WORK_QUEUE_URL: brokerUrl,
      // The demonstration's partner is on this machine: npm run webhook-receiver.
      WEBHOOKS_PRIVATE_HOSTS: 'localhost,127.0.0.1',
      ORDERS_URL: url('orders'),
    },
    gateway: { ...tokens, ...keyValue, ...behindTheGateway(url), GRAPHQL_EXPLORER: 'true' },
  };
  return {
    OTEL_SERVICE_NAME: name,
    PORT: String(port),
    OPERATIONS_PORT: String(operationsPort),
    ...own[name],
    ...settings.extra,
  };
}

function behindTheGateway(url: (service: ServiceName) => string) {
  return {
    CATALOG_URL: url('catalog'),
    ORDERS_URL: url('orders'),
    INVENTORY_URL: url('inventory'),
    NOTIFICATIONS_URL: url('notifications'),
    IDENTITY_URL: url('identity'),
  };
}

/**
 * Node's flags for a service: OpenTelemetry's SDK is loaded where there is somewhere to send spans to, by the
 * variable that names it for every OpenTelemetry SDK.
 */
export function flagsOf({ extra }: Pick<Settings, 'extra'>): string[] {
  const endpoint = extra.OTEL_EXPORTER_OTLP_ENDPOINT ?? process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const register = new URL('../../packages/telemetry/src/register.ts', import.meta.url);
  return endpoint === undefined || endpoint === '' ? [] : ['--import', register.href];
}

export function adminUrl({ ports, secrets }: Pick<Settings, 'ports' | 'secrets'>): string {
  return `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${String(ports.postgres)}/postgres`;
}

export function databaseUrl(
  { ports, secrets }: Pick<Settings, 'ports' | 'secrets'>,
  role: DatabaseName | ServiceName,
  database: DatabaseName | ServiceName = role,
): string {
  const password = secrets.databasePasswords[role] ?? '';
  return `postgres://${role}:${password}@127.0.0.1:${String(ports.postgres)}/${database}`;
}
