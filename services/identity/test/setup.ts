/** An identity service on a database of its own, and a way to take that database away from it. */
import { createKeyRing } from '@waymark/envelope/key-ring.ts';
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import type { App } from '@waymark/lifecycle/app.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { buildApp, type IdentityAppDeps } from '../src/app.ts';
import type { ClientEntry } from '../src/clients.ts';
import type { PersonEntry } from '../src/people.ts';
import { openLine } from '@waymark/testing/line.ts';
import { randomBytes } from 'node:crypto';

export const ISSUER = 'http://shop.test:8080/identity';
export const AUDIENCE = 'urn:waymark:api';

export const ada = {
  clientId: 'ada',
  clientSecret: 'a-secret-of-ada-0123456789-abcdefgh',
  scope: 'orders:read orders:write',
  name: 'Ada',
} satisfies ClientEntry;
export const staff = {
  clientId: 'staff',
  clientSecret: 'a-secret-of-staff-0123456789-abcdef',
  scope: 'catalog:write inventory:read inventory:write',
  name: 'Shop staff',
} satisfies ClientEntry;

/** Introspects what others send it. */
export const partnerApi = {
  clientId: 'partner-api',
  clientSecret: 'a-secret-of-the-partner-0123456789-x',
  scope: 'webhooks:read',
  name: 'An API of a partner',
  mayIntrospect: true,
} satisfies ClientEntry;

export const shopWeb = {
  clientId: 'shop-web',
  redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback', 'http://[::1]/callback'],
  scope: 'openid offline_access orders:read orders:write',
  name: 'Waymark shop',
} satisfies ClientEntry;
const commandLine = {
  clientId: 'command-line',
  deviceFlow: true,
  scope: 'openid offline_access orders:read orders:write',
  name: 'Waymark command line',
} satisfies ClientEntry;
export const adaInPerson = {
  username: 'ada',
  password: 'a password of ada',
  name: 'Ada Example',
  email: 'ada@example.com',
} satisfies PersonEntry;

export async function setup(changesForAll: Partial<IdentityAppDeps> = {}) {
  const database = await createTestDatabase(new URL('../migrations/', import.meta.url));
  const line = await openLine(database.url);
  const time = { now: new Date() };
  const keys = [{ id: 'first', key: randomBytes(32).toString('base64url') }];
  const keyRing = await createKeyRing(async () => JSON.stringify(keys));
  const blindIndexKey = randomBytes(32).toString('base64url');
  const running: App[] = [];

  async function start(changes: Partial<IdentityAppDeps> = {}): Promise<App> {
    const app = await buildApp({
      databaseUrl: line.url,
      issuer: ISSUER,
      audience: AUDIENCE,
      clients: [ada, staff, partnerApi, shopWeb, commandLine],
      people: [],
      keyRing,
      blindIndexKey,
      log: silentLog,
      metrics: createMetrics('identity'),
      clock: () => time.now,
      keysIntervalMs: 100,
      ...changesForAll,
      ...changes,
    });
    running.push(app);
    return app;
  }

  return {
    app: await start(),
    database,
    line,
    time,
    keyRing,
    blindIndexKey,
    /** One more replica. */
    start,
    async stop() {
      await Promise.all(running.map(stopApp));
      await line.cut();
      await database.drop();
    },
  };
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

export interface TokenAnswer {
  access_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
}

/** Asks for a token; `form` and `headers` add to and replace the usual, and undefined leaves one out. */
export function askToken(
  app: App,
  form: Record<string, string | undefined> = {},
  headers: Record<string, string | undefined> = {},
) {
  const parameters = { grant_type: 'client_credentials', scope: 'orders:read', ...form };
  return app.server.inject({
    method: 'POST',
    url: '/identity/token',
    headers: given({
      authorization: basic(ada.clientId, ada.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    }),
    payload: new URLSearchParams(given(parameters)).toString(),
  });
}

function given(fields: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}

export async function keySet(app: App): Promise<{ keys: Record<string, unknown>[] }> {
  return (await app.server.inject('/identity/jwks')).json();
}
