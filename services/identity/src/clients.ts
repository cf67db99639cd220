/**
 * The programs that may ask for tokens, and what each may ask for. Their list is written by whoever starts
 * the platform, secrets included, and is copied into the database at each start: replicas then agree on it,
 * and a new secret counts from the next start on.
 */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { createHash, timingSafeEqual } from 'node:crypto';

/** Scopes of the API; every service checks the ones it needs. */
export const API_SCOPES = [
  'orders:read',
  'orders:write',
  'support:read',
  'support:refund',
  'catalog:write',
  'inventory:read',
  'inventory:write',
  'webhooks:read',
  'webhooks:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** What people's programs may ask for beside: to know who signed in, and to go on when they are away. */
export const SIGN_IN_SCOPES = ['openid', 'offline_access'] as const;

const named = {
  clientId: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
  /** Separated by spaces (RFC 6749, section 3.3). */
  scope: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1, maxLength: 100 }),
};
const forItself = {
  ...named,
  /** It may ask about every token, and not about its own alone: a service that cannot check tokens by itself. */
  mayIntrospect: Type.Optional(Type.Boolean()),
};
/** Acts for itself (client credentials). */
const clientWithSecret = Type.Object(
  { ...forItself, clientSecret: Type.String({ pattern: '^[\\x21-\\x7e]{32,256}$' }) },
  { additionalProperties: false },
);
const coordinate = Type.String({ pattern: '^[\\w-]{43}$' });
/** Acts for itself too, and shows it by a signature (private_key_jwt, RFC 7523): there is no secret to be lost here. */
const clientWithKey = Type.Object(
  {
    ...forItself,
    /** A JWK. Nothing but its public half is taken. */
    publicKey: Type.Object(
      { kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: coordinate, y: coordinate },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
// #region loopback-redirects
// Acts for a person, on that person's own machine, and so has no secret (RFC 8252). Its answer comes to a
// port that the machine happens to have free, which is why any port is taken, though the rest of the
// address must match to the letter. Another program there could wait on such a port and call itself this
// client: PKCE makes a stolen code useless to it, and the person is asked each time, signed in or not.
const nativeClient = Type.Object(
  {
    ...named,
    redirectUris: Type.Array(
      Type.String({ pattern: '^http://(localhost|127\\.0\\.0\\.1|\\[::1\\])/[\\w/-]*$' }),
      { minItems: 1, maxItems: 10 },
    ),
  },
  { additionalProperties: false },
);
// #endregion
/** Acts for a person too, who says yes in a browser elsewhere (RFC 8628). */
const clientWithoutBrowser = Type.Object(
  { ...named, deviceFlow: Type.Literal(true) },
  { additionalProperties: false },
);
const clientList = Type.Array(
  Type.Union([clientWithSecret, clientWithKey, nativeClient, clientWithoutBrowser]),
  { maxItems: 1000 },
);

export type ClientEntry = Static<typeof clientList>[number];

/** A client as it is stored: with the hash of a secret, a public key, addresses, or by device flow. */
export interface Client {
  clientId: string;
  secretHash: string | undefined;
  publicKey: Static<typeof clientWithKey>['publicKey'] | undefined;
  redirectUris: string[];
  deviceFlow: boolean;
  mayIntrospect: boolean;
  scope: string;
  name: string;
}

/** Throws an Error that says which entry is wrong, and never repeats a secret. */
export function parseClients(text: string): ClientEntry[] {
  const entries = parse(text);
  if (!Value.Check(clientList, entries)) {
    const [first] = Value.Errors(clientList, entries);
    throw new Error(
      `bad list of clients: ${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`,
    );
  }
  const seen = new Set<string>();
  for (const entry of entries) {
    const { clientId, scope } = entry;
    const known: readonly string[] =
      'redirectUris' in entry || 'deviceFlow' in entry
        ? [...SIGN_IN_SCOPES, ...API_SCOPES]
        : API_SCOPES;
    const unknown = scope.split(' ').filter((name) => !known.includes(name));
    if (unknown.length > 0)
      throw new Error(`bad list of clients: ${clientId} has unknown scopes ${unknown.join(', ')}`);
    if (seen.has(clientId))
      throw new Error(`bad list of clients: ${clientId} is there more than once`);
    seen.add(clientId);
  }
  return entries;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text, and with it a secret.
    throw new Error('bad list of clients: not JSON');
  }
}

export function toClient(entry: ClientEntry): Client {
  const { clientId, scope, name } = entry;
  return {
    clientId,
    scope,
    name,
    secretHash: 'clientSecret' in entry ? hashSecret(entry.clientSecret) : undefined,
    publicKey: 'publicKey' in entry ? entry.publicKey : undefined,
    redirectUris: 'redirectUris' in entry ? entry.redirectUris : [],
    deviceFlow: 'deviceFlow' in entry,
    mayIntrospect: 'mayIntrospect' in entry && entry.mayIntrospect,
  };
}

// #region hashed-client-secrets
// The database and its backups hold nothing that would open a door. A slow hash such as scrypt protects
// secrets that people choose, because those can be guessed; these are random and at least 32 characters
// long, so a fast one is as good, and a token request does not cost 100 ms of CPU that anyone could ask for.
function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function matchesHash(secret: string, secretHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(secretHash));
}
// #endregion
