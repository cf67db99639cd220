/**
 * What this OAuth 2.1 / OpenID Connect server offers, as oidc-provider's configuration: client credentials for
 * programs, authorization code with PKCE and refresh tokens for people, and for both access tokens as JWTs in
 * the profile of RFC 9068. What is not offered is switched off, so that discovery promises nothing that would
 * then fail.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { problemDocument } from '@waymark/http/problem.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import {
  errors,
  Provider,
  type AdapterFactory,
  type Client,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { API_SCOPES, matchesHash, SIGN_IN_SCOPES } from './clients.ts';
import {
  prepareCodePages,
  renderCodeConfirm,
  renderCodeInput,
  renderDeviceDone,
} from './device-pages.ts';
import { introspectAccessTokens, mayIntrospect } from './introspection.ts';
import type { Keys } from './keys.ts';
import type { Person } from './people.ts';
import { policy, type Role } from './policy.ts';
import { speakAsOutside } from './public-protocol.ts';
import { renderError, renderLoggedOut, renderLogout } from './provider-pages.ts';

export interface ProviderOptions {
  issuer: string;
  audience: string;
  keys: Keys;
  adapter: AdapterFactory;
  findPerson: (username: string) => Promise<Person | undefined>;
  log: Log;
}

/** Long enough for a page of work, short enough to outlive the withdrawal of a client by little. */
const ACCESS_TOKEN_SECONDS = 300;
const DAY_SECONDS = 86_400;

/** In seconds. What a browser carries by itself is short-lived, what an app must present in two steps is shorter. */
const ttl = {
  ClientCredentials: ACCESS_TOKEN_SECONDS,
  AccessToken: ACCESS_TOKEN_SECONDS,
  IdToken: ACCESS_TOKEN_SECONDS,
  AuthorizationCode: 60,
  Interaction: 600,
  DeviceCode: 600,
  Session: DAY_SECONDS,
  // A rotation gives the new token these days again, and never more than are left of its grant.
  RefreshToken: 14 * DAY_SECONDS,
  Grant: 14 * DAY_SECONDS,
};

export function createProvider(options: ProviderOptions): Provider {
  const { issuer, log } = options;
  const provider = new Provider(issuer, configuration(options));
  // The gateway says in X-Forwarded-* whom it speaks for; nobody else reaches this port.
  provider.proxy = true;
  speakAsOutside(provider);
  // What is stored as the secret is its hash (clients.ts).
  provider.Client.prototype.compareClientSecret = function (this: Client, secret: string) {
    return matchesHash(secret, this.clientSecret ?? '');
  };
  provider.use(completeAnswer);
  provider.use(prepareCodePages);
  provider.use(introspectAccessTokens({ ...options, ...options.keys }));
  provider.on('server_error', (ctx, err) => {
    log.error({ err, route: ctx.oidc.route }, 'request failed');
  });
  // Koa's own way out, for an answer that could not be sent, writes to the console.
  provider.onerror = (err) => {
    log.error({ err }, 'answer failed');
  };
  return provider;
}

function configuration(options: ProviderOptions): Configuration {
  const { issuer, keys, adapter, findPerson } = options;
  const { pathname, protocol } = new URL(issuer);
  const cookie = { httpOnly: true, sameSite: 'lax', secure: protocol === 'https:' } as const;
  return {
    adapter,
    jwks: { keys: keys.signingKeys },
    cookies: { keys: keys.cookieKeys, long: { ...cookie, path: pathname }, short: cookie },
    scopes: [...SIGN_IN_SCOPES, ...API_SCOPES],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    extraClientMetadata: { properties: ['may_introspect'] },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      clientAuthSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256'],
    },
    assertJwtClientAuthClaimsAndHeader: checkAssertion,
    // For introspection: a person's token is over with the yes that it came from.
    extraTokenClaims: (_ctx, token) =>
      'grantId' in token ? { grant_id: token.grantId } : undefined,
    ttl,
    rotateRefreshToken: true,
    interactions: { url: (_ctx, { uid }) => `${pathname}/interaction/${uid}` },
    async findAccount(_ctx, subject) {
      const person = await findPerson(subject);
      const { role } = person ?? {};
      return person && { accountId: subject, role, claims: () => ({ sub: subject }) };
    },
    clientBasedCORS: () => false,
    renderError,
    features: features(options),
  };
}

function features({ audience }: ProviderOptions): Configuration['features'] {
  return {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: renderCodeInput,
      userCodeConfirmSource: renderCodeConfirm,
      successSource: renderDeviceDone,
    },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: renderLogout,
      postLogoutSuccessSource: renderLoggedOut,
    },
    // For an app that signs out: what it may do while the person is away ends only by this.
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => mayIntrospect(client, token.clientId),
    },
    userinfo: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo(ctx, resource, client) {
        if (resource !== audience) throw new errors.InvalidTarget();
        checkScope(ctx, client);
        return {
          audience,
          scope: scopesFor(ctx).join(' '),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  };
}

// #region the-role-as-it-is-now
// A yes lasts two weeks, and somebody may leave the support before that. So the role is looked at whenever a token is
// made and not only when the yes is given: the next token of that yes, minutes later, has what the role allows by then.
function scopesFor({ oidc }: KoaContextWithOIDC): readonly string[] {
  const { role } = (oidc.account ?? {}) as { role?: Role };
  return role === undefined ? API_SCOPES : policy[role];
}
// #endregion

// #region assertions-are-short-lived
// A client's assertion works once, and what was used is remembered until it expires. One that is valid for years
// would be remembered for years, and until it is used it is a password in some log. A minute would do; five leave
// room for clocks. Its `aud` must be us, or a server that it was really made for could sign in here with it.
const ASSERTION_SECONDS = 300;

function checkAssertion(_ctx: KoaContextWithOIDC, claims: Record<string, unknown>): void {
  const latest = Math.floor(Date.now() / 1000) + ASSERTION_SECONDS;
  if (!(Number(claims.exp) <= latest))
    throw new errors.InvalidClientAuth('the assertion must expire within 5 minutes');
}
// #endregion

// #region scope-is-asked-for
// RFC 6749, section 3.3: where no scope is asked for, a server applies a default that it documents, or refuses.
// The handy default would be all that the client may do, and then every script that forgot the parameter
// carries a token that can do everything. So we refuse, and say what there is. The library by itself would
// grant nothing and drop scopes that it does not know, and the client would learn of it at the API, as a 403.
function checkScope(ctx: KoaContextWithOIDC, client: Client): void {
  const allowed = client.scope?.split(' ') ?? [];
  const asked = [...ctx.oidc.requestParamScopes].filter(Boolean);
  // What a code or a refresh token is worth was settled when it was asked for.
  const isSettled =
    ctx.oidc.params?.code ?? ctx.oidc.params?.refresh_token ?? ctx.oidc.params?.device_code;
  if (isSettled !== undefined) return;
  if (asked.length === 0)
    throw new errors.InvalidScope(`ask for one or more of: ${allowed.join(' ')}`, '');
  const refused = asked.filter((scope) => !allowed.includes(scope));
  if (refused.length > 0)
    throw new errors.InvalidScope('requested scope is not allowed', refused.join(' '));
}
// #endregion

/** What the library leaves open: when to try again, and an address that it does not know. */
async function completeAnswer(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.status === 503) ctx.set('retry-after', String(httpErrors.unavailable.retryAfterSeconds));
  if (ctx.status === 404 && ctx.body === undefined) {
    const kind = httpErrors['not-found'];
    ctx.body = JSON.stringify(problemDocument(kind, kind.when, {}));
    ctx.type = 'application/problem+json';
    ctx.status = kind.status;
  }
}
