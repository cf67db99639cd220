/**
 * Proofs of possession (DPoP, RFC 9449): a client signs each request with the key that its token is bound to, so
 * that a token which leaks, from a log or a proxy, is of no use to whoever finds it.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { createHash } from 'node:crypto';

/** A machine whose clock is a minute off neither refuses what was just made nor what its bearer thinks is good. */
export const CLOCKS_DIFFER_SECONDS = 60;
/** How old a proof may be: a minute on its way, and a clock that is behind. */
const MAX_AGE_SECONDS = 60 + CLOCKS_DIFFER_SECONDS;
/** Whoever remembers proofs for so long has remembered them for as long as they are good. */
export const PROOF_LIFE_MS = (MAX_AGE_SECONDS + CLOCKS_DIFFER_SECONDS + 5) * 1000;

export interface ProofRules {
  proof: string | string[] | undefined;
  token: string;
  /** Thumbprint of the key (RFC 7638). */
  boundTo: string;
  method: string;
  /** Absolute, one of them; queries do not count. */
  urls: string[];
}

/** Throws `proof-invalid`; otherwise an id of this one proof. */
export async function checkProof(rules: ProofRules): Promise<string> {
  const { proof, token, boundTo, method, urls } = rules;
  if (typeof proof !== 'string') throw new Problem(httpErrors['proof-invalid']);
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: ['ES256'],
      typ: 'dpop+jwt',
      requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
    });
    const { jti = '', htm, htu, iat = 0, ath } = payload;
    const key = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
    const age = Date.now() / 1000 - iat;
    const isGood =
      key === boundTo &&
      ath === sha256(token) &&
      htm === method &&
      urls.some((url) => withoutQuery(url) === withoutQuery(String(htu))) &&
      age <= MAX_AGE_SECONDS &&
      age >= -CLOCKS_DIFFER_SECONDS &&
      jti !== '';
    if (isGood) return sha256(JSON.stringify([key, jti]));
  } catch {
    // Nobody else was asked, so whatever went wrong, what the caller sent is to blame: a key that is none, for one.
  }
  throw new Problem(httpErrors['proof-invalid']);
}

// #region the-address-is-configuration
// A proof is made for one address, the one that the client sees: the gateway's, by its public name. A service
// compares with the name that its settings give, and the path that it was asked for. The Host header would be the
// handy source, and whoever writes it decides what a stolen proof is good for.
function withoutQuery(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed === null ? undefined : parsed.origin + parsed.pathname;
}
// #endregion

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
