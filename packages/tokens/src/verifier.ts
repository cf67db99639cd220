/**
 * Checks access tokens: JWTs in the profile of RFC 9068. Every service does this itself, the gateway's check
 * notwithstanding: a service that trusts whoever reaches its port is one misrouted packet from open.
 */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { createHttpClient } from '@waymark/http/client.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Tls } from '@waymark/http/tls.ts';
import { Type } from 'typebox';

/** Who is asking, and what they were granted. */
export interface Caller {
  subject: string;
  clientId: string;
  scopes: ReadonlySet<string>;
  /** Something that goes on for long, such as a stream, ends with the token. */
  expiresAt: Date;
}

export interface TokenVerifier {
  /** Throws `token-missing`, `token-invalid`, or `unavailable` where the issuer's keys cannot be had. */
  check(authorization: string | undefined): Promise<Caller>;
}

/** Settings of a service that checks tokens. */
export const tokenConfig = {
  /** Must equal the tokens' `iss`. */
  TOKEN_ISSUER: Type.String(),
  TOKEN_AUDIENCE: Type.String({ default: 'urn:waymark:api' }),
  JWKS_URL: Type.String(),
};

export function verifierFrom(
  config: { TOKEN_ISSUER: string; TOKEN_AUDIENCE: string; JWKS_URL: string },
  tls?: Tls,
): TokenVerifier {
  return createTokenVerifier({
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    keys: remoteKeys(config.JWKS_URL, { tls }),
  });
}

export interface TokenRules {
  issuer: string;
  audience: string;
  keys: JWTVerifyGetKey;
}

const KEYS_MS = 2000;
/** So long nobody asks the issuer again, whatever key ids come in. */
const KEYS_COOLDOWN_MS = 5000;
/** The same after it gave no keys. */
const KEYS_FAILURE_MS = 1000;

/** The issuer's published keys, fetched when an unknown key id turns up and kept for ten minutes. */
export function remoteKeys(
  jwksUrl: string,
  { tls, cooldownMs = KEYS_COOLDOWN_MS }: { tls?: Tls | undefined; cooldownMs?: number } = {},
): JWTVerifyGetKey {
  const { origin, pathname } = new URL(jwksUrl);
  const client = createHttpClient({ baseUrl: origin, timeoutMs: KEYS_MS, tls });
  let failedUntil = 0;
  return createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: KEYS_MS,
    // #region unknown-keys-cost-one-fetch
    // A key id is text that anyone can write. Were each unknown one fetched for, a stranger's tokens would be a flood
    // at the issuer; were none, a new key would go unknown until the cache ends. One fetch in five seconds is enough,
    // as the issuer publishes a key three times as long before it signs. jose counts from the last answer alone, so
    // an issuer that is down would be asked for every token; hence our own, shorter wait after a failure.
    cooldownDuration: cooldownMs,
    async [customFetch]() {
      if (failedUntil > Date.now()) throw new Error('the issuer did not give its keys just now');
      failedUntil = Date.now() + KEYS_FAILURE_MS;
      const { status, body } = await client.call({ method: 'GET', path: pathname });
      if (status === 200) failedUntil = 0;
      return Response.json(body, { status });
    },
    // #endregion
  });
}

/** A token is checked again after this long, so that a key that was withdrawn is not trusted for longer. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_TOKENS = 10_000;

export function createTokenVerifier(rules: TokenRules): TokenVerifier {
  const remembered = new Map<string, { caller: Caller; until: number }>();

  function remember(token: string, caller: Caller): Caller {
    // #region remembered-tokens
    // A client sends one token with every request, and checking its signature costs more than the rest of a
    // small request does. The memory is by the whole token, so nothing that differs in a bit can profit from it.
    const until = Math.min(Date.now() + REMEMBERED_MS, caller.expiresAt.getTime());
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED_TOKENS && oldest !== undefined) remembered.delete(oldest);
    remembered.set(token, { caller, until });
    // #endregion
    return caller;
  }

  return {
    async check(authorization) {
      const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization ?? '')?.[1];
      if (authorization === undefined) throw new Problem(httpErrors['token-missing']);
      if (token === undefined) throw new Problem(httpErrors['token-invalid']);
      const known = remembered.get(token);
      if (known !== undefined && known.until > Date.now()) return known.caller;
      try {
        // #region token-checks
        // The algorithm comes from our list, never from the token: a token that names `none`, or HMAC with
        // the public key as its secret, must fail. `typ` keeps an ID token, which is signed by the same key
        // and meant for a browser, from being used as an access token (RFC 9068, section 4).
        const { payload } = await jwtVerify(token, rules.keys, {
          issuer: rules.issuer,
          audience: rules.audience,
          algorithms: ['ES256'],
          typ: 'at+jwt',
          requiredClaims: ['sub', 'exp', 'iat', 'client_id'],
          clockTolerance: 5,
        });
        // #endregion
        return remember(token, callerOf(payload));
      } catch (error) {
        throw isRefusal(error)
          ? new Problem(httpErrors['token-invalid'])
          : new Problem(
              httpErrors.unavailable,
              'The keys that sign tokens cannot be had right now.',
            );
      }
    },
  };
}

function callerOf(payload: JWTPayload): Caller {
  const scope = typeof payload.scope === 'string' ? payload.scope : '';
  return {
    subject: payload.sub ?? '',
    clientId: String(payload.client_id),
    scopes: new Set(scope.split(' ').filter(Boolean)),
    expiresAt: new Date((payload.exp ?? 0) * 1000),
  };
}

/** Jose's own errors judge the token, except for the two that say that the keys could not be fetched. */
function isRefusal(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
