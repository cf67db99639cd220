/** A token issuer for tests, with a key pair of its own: good tokens, and every kind of bad one. */
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTVerifyGetKey } from 'jose';

export interface TestIssuer {
  issuer: string;
  audience: string;
  keys: JWTVerifyGetKey;
  /** The Authorization header of a subject with these scopes; `claims` replaces any of the token's. */
  bearer(subject: string, scope: string, claims?: Record<string, unknown>): Promise<string>;
  /** The Authorization header of a token whose own claims and header these replace. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function createTestIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256' };
  const issuer = 'http://issuer.test/identity';
  const audience = 'urn:waymark:api';

  async function sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({
      iss: issuer,
      aud: audience,
      client_id: claims.sub,
      iat: now,
      exp: now + 300,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'at+jwt', ...header })
      .sign(privateKey);
    return `Bearer ${token}`;
  }

  return {
    issuer,
    audience,
    keys: createLocalJWKSet({ keys: [jwk] }),
    sign,
    bearer: (subject, scope, claims = {}) =>
      sign({ sub: subject, scope, client_id: subject, ...claims }),
  };
}
