/** Wires the identity service: oidc-provider on our store, and the sweep of what has expired. Tests call it too. */
import type { Act } from '@waymark/database/audit-trail.ts';
import { connectDatabase } from '@waymark/database/connect.ts';
import { createDataKeys } from '@waymark/envelope/data-keys.ts';
import type { KeyRing } from '@waymark/envelope/key-ring.ts';
import { createRewrapping } from '@waymark/envelope/rewrapping.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { createServer, type ServerTls } from '@waymark/http/server.ts';
import type { App, Part } from '@waymark/lifecycle/app.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { asking, createAdapter } from './adapter.ts';
import { toClient, type ClientEntry } from './clients.ts';
import { registerInteractions } from './interactions.ts';
import { createKeyStore } from './key-store.ts';
import { loadKeys } from './keys.ts';
import { verifyPassword } from './passwords.ts';
import type { PersonEntry } from './people.ts';
import { createPersonalFields } from './personal-fields.ts';
import { createLiveProvider, type LiveProvider } from './live-provider.ts';
import { createProvider } from './provider.ts';
import { registerRoutes } from './routes.ts';
import type { IdentitySchema } from './schema.ts';
import { createSignIn } from './sign-in.ts';
import { createStore, type IdentityStore } from './store.ts';

export interface IdentityAppDeps {
  databaseUrl: string;
  /** Public address of this service, with its path: http://localhost:8080/identity */
  issuer: string;
  audience: string;
  clients: ClientEntry[];
  people: PersonEntry[];
  keyRing: KeyRing;
  blindIndexKey: string;
  log: Log;
  metrics: Metrics;
  tls?: ServerTls | undefined;
  clock: () => Date;
  /** How long a replica may go on without noticing that the keys were rotated. */
  keysIntervalMs: number;
}

const SWEEP_INTERVAL_MS = 60_000;
/** A piece of work of some milliseconds. */
const SWEEP_ROWS = 500;
/** Every query here reads or writes a row or two by its key; one that takes longer is not going to answer. */
const STATEMENT_TIMEOUT_MS = 2000;

/** Rejects where the database is away: without its keys there is nothing that this service can do. */
export async function buildApp(deps: IdentityAppDeps): Promise<App> {
  const { databaseUrl, issuer, audience, clients, people, log, metrics, tls, clock } = deps;
  const { keyRing: ring, blindIndexKey } = deps;
  const db = connectDatabase<IdentitySchema>({
    url: databaseUrl,
    applicationName: 'identity',
    metrics,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  const store = createStore(db);
  try {
    await store.saveClients(clients.map(toClient));
    const dataKeys = createDataKeys(db, ring);
    const personal = createPersonalFields({ store, dataKeys, blindIndexKey });
    await personal.save(people, clock());
    const keyStore = createKeyStore(db);
    const adapter = createAdapter({ store, asked: personal.asked, log, clock });
    const findPerson = (username: string) => asking(log)(store.findPerson('username', username));
    const live = createLiveProvider(
      (keys) => createProvider({ issuer, audience, keys, adapter, findPerson, log }),
      await loadKeys(keyStore, clock()),
    );
    const signIn = createSignIn({ ...personal, store, verifyPassword, clock });
    const server = createServer({ log, metrics, isUnavailable, tls });
    const record = (act: Act) => store.recordAct(act, clock());
    registerInteractions(server, {
      provider: live.get,
      audience,
      signIn,
      findPerson,
      nameOf: personal.nameOf,
      record,
    });
    registerRoutes(server, live);
    return {
      server,
      parts: [
        ...createUpkeep({ ...deps, store, keyStore, live }),
        createRewrapping({ db, ring, log }),
      ],
      checks: { database: store.ping },
      close: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** What works in the background: the sweep of what has expired, and the look at keys that others rotate. */
function createUpkeep(
  deps: Pick<IdentityAppDeps, 'log' | 'clock' | 'keysIntervalMs'> & {
    store: IdentityStore;
    keyStore: ReturnType<typeof createKeyStore>;
    live: LiveProvider;
  },
): Part[] {
  const { store, keyStore, live, log, clock } = deps;
  const sweep = createLoop({
    name: 'sweep',
    intervalMs: SWEEP_INTERVAL_MS,
    log,
    async runOnce() {
      await keyStore.deleteEndedKeys(clock());
      return (await store.deleteExpired(clock(), SWEEP_ROWS)) === SWEEP_ROWS;
    },
  });
  const renewal = createLoop({
    name: 'signing keys',
    intervalMs: deps.keysIntervalMs,
    log,
    runOnce: async () => live.use(await loadKeys(keyStore, clock())),
  });
  return [sweep, renewal];
}
