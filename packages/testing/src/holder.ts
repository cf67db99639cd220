/** A client that holds a key, for tests: it makes proofs of possession (DPoP, RFC 9449), good and bad ones. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createHash, randomUUID } from 'node:crypto';

export interface Holder {
  /** What a token that is bound to this key has as its `cnf`. */
  cnf: { jkt: string };
  /** The headers of a request with a bound token, as issuer.ts gives it out; `claims` and `header` replace the proof's. */
  headers(
    bearer: string,
    target: { method?: string; url: string },
    changes?: { claims?: Record<string, unknown>; header?: Record<string, unknown> },
  ): Promise<{ authorization: string; dpop: string }>;
  /** The proof alone; without a token it is one for the token endpoint. */
  proof(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function createHolder(): Promise<Holder> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);

  function proof(claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
    return new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
      .sign(privateKey);
  }

  return {
    cnf: { jkt: await calculateJwkThumbprint(jwk) },
    proof,
    async headers(bearer, { method = 'GET', url }, { claims, header } = {}) {
      const token = bearer.replace(/^Bearer /, '');
      const ath = createHash('sha256').update(token).digest('base64url');
      const dpop = await proof({ htm: method, htu: url, ath, ...claims }, header);
      return { authorization: `DPoP ${token}`, dpop };
    },
  };
}
