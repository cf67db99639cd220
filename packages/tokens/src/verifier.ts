/**
 * Checks access tokens: JWTs in the profile of RFC 9068. Every service that answers customers does this itself, the gateway's check
 * notwithstanding: a service that trusts whoever reaches its port is one misrouted packet from open.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Tls } from '@waymark/http/tls.ts';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Type } from 'typebox';
import { checkProof, CLOCKS_DIFFER_SECONDS } from './proof.ts';
import { remoteKeys } from './remote-keys.ts';

/** Who is asking, and what they were granted. */
export interface Caller {
  subject: string;
  clientId: string;
  scopes: ReadonlySet<string>;
  /** Something that goes on for long, such as a stream, ends with the token. */
  expiresAt: Date;
  /** Names the proof that came with a bound token; no honest client sends the same twice. */
  proofId?: string;
}

/** What a proof of possession must have been made for. */
export interface Asked {
  proof: string | string[] | undefined;
  method: string;
  /** Paths of the API; one of them. */
  paths: string[];
}

export interface TokenVerifier {
  /**
   * Throws `token-missing`, `token-invalid`, `proof-invalid` where a token is bound to a key (RFC 9449) and comes
   * without a good proof, or `unavailable` where the issuer's keys cannot be had.
   */
  check(authorization: string | undefined, asked?: Asked): Promise<Caller>;
}

/** Settings of a service that checks tokens. */
export const tokenConfig = {
  /** Must equal the tokens' `iss`. */
  TOKEN_ISSUER: Type.String(),
  TOKEN_AUDIENCE: Type.String({ default: 'urn:waymark:api' }),
  JWKS_URL: Type.String(),
  /** Where the outside finds the API, which is what proofs are made for; the issuer's origin if not given. */
  API_ORIGIN: Type.Optional(Type.String({ pattern: '^https?://[^/?#]+$' })),
};

export function verifierFrom(
  config: { TOKEN_ISSUER: string; TOKEN_AUDIENCE: string; JWKS_URL: string; API_ORIGIN?: string },
  tls?: Tls,
): TokenVerifier {
  return createTokenVerifier({
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    keys: remoteKeys(config.JWKS_URL, { tls }),
    origin: config.API_ORIGIN,
  });
}

export interface TokenRules {
  issuer: string;
  audience: string;
  keys: JWTVerifyGetKey;
  /** Where the outside finds the API; the issuer's origin if not given. */
  origin?: string | undefined;
}

/** What a token says, and the key that it is bound to. */
interface Checked {
  caller: Caller;
  boundTo: string | undefined;
}

/** A token is checked again after this long, so that a key that was withdrawn is not trusted for longer. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_TOKENS = 10_000;
/** Three times what identity gives, for an issuer that gives more one day. */
const MAX_AGE_S = 900;

export function createTokenVerifier(rules: TokenRules): TokenVerifier {
  const remembered = new Map<string, Checked & { until: number }>();
  const origin = rules.origin ?? new URL(rules.issuer).origin;

  function remember(token: string, checked: Checked): Checked {
    // #region remembered-tokens
    // A client sends one token with every request, and checking its signature costs more than the rest of a
    // small request does. The memory is by the whole token, so nothing that differs in a bit can profit from it.
    const until = Math.min(Date.now() + REMEMBERED_MS, checked.caller.expiresAt.getTime());
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED_TOKENS && oldest !== undefined) remembered.delete(oldest);
    remembered.set(token, { ...checked, until });
    // #endregion
    return checked;
  }

  async function read(token: string): Promise<Checked> {
    const known = remembered.get(token);
    if (known !== undefined && known.until > Date.now()) return known;
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
        clockTolerance: CLOCKS_DIFFER_SECONDS,
        // Looks at the time of issue too, which must not lie ahead.
        maxTokenAge: MAX_AGE_S,
      });
      // #endregion
      return remember(token, { caller: callerOf(payload), boundTo: keyOf(payload) });
    } catch (error) {
      throw isRefusal(error)
        ? new Problem(httpErrors['token-invalid'])
        : new Problem(httpErrors.unavailable, 'The keys that sign tokens cannot be had right now.');
    }
  }

  return {
    async check(authorization, asked) {
      const [, scheme = '', token] = CREDENTIALS.exec(authorization ?? '') ?? [];
      if (authorization === undefined) throw new Problem(httpErrors['token-missing']);
      if (token === undefined) throw new Problem(httpErrors['token-invalid']);
      const { caller, boundTo } = await read(token);
      const isProven = scheme.toLowerCase() === 'dpop';
      if (boundTo === undefined && !isProven) return caller;
      // #region bound-is-not-bearer
      // A token that is bound to a key must never pass as a bearer token, or a thief would just leave the proof out;
      // nor may a bearer token pass as a bound one, to a client that believes it is safe.
      if (boundTo === undefined || !isProven || asked === undefined)
        throw new Problem(httpErrors['proof-invalid']);
      // #endregion
      const urls = asked.paths.map((path) => origin + path);
      const proofId = await checkProof({ ...asked, token, boundTo, urls });
      return { ...caller, proofId };
    },
  };
}

const CREDENTIALS = /^(Bearer|DPoP) +([\w-]+\.[\w-]+\.[\w-]*)$/i;

function callerOf(payload: JWTPayload): Caller {
  const scope = typeof payload.scope === 'string' ? payload.scope : '';
  return {
    subject: payload.sub ?? '',
    clientId: String(payload.client_id),
    scopes: new Set(scope.split(' ').filter(Boolean)),
    expiresAt: new Date((payload.exp ?? 0) * 1000),
  };
}

/** RFC 9449, section 6. A token that is bound in a way that we cannot check is refused. */
function keyOf({ cnf }: JWTPayload): string | undefined {
  if (cnf === undefined) return undefined;
  const { jkt } = cnf as { jkt?: unknown };
  if (typeof jkt !== 'string') throw new errors.JWTClaimValidationFailed('no jkt', {}, 'cnf');
  return jkt;
}

/** Jose's own errors judge the token, except for the two that say that the keys could not be fetched. */
function isRefusal(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
