/**
 * What a token is worth, for those who may ask (RFC 7662). The library answers for what it stores, which is
 * refresh tokens; access tokens it leaves out, because whoever has our keys can check those alone. A service that
 * cannot, and one that wants to know of a revocation before the token's five minutes are over, asks here.
 */
import { createLocalJWKSet, errors, jwtVerify, type JWK, type JWTPayload } from 'jose';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { SigningKey } from './keys.ts';

/** Its own tokens, and those of others where the list of clients says so; never without showing who it is. */
export function mayIntrospect(client: Client, tokenClientId: unknown): boolean {
  if (client.clientAuthMethod === 'none') return false;
  return client.clientId === tokenClientId || client.may_introspect === true;
}

export function introspectAccessTokens(rules: {
  issuer: string;
  audience: string;
  signingKeys: SigningKey[];
}) {
  const keys = createLocalJWKSet({ keys: rules.signingKeys.map(publicHalf) });

  async function findActive(token: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: ['ES256'],
        typ: 'at+jwt',
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    // The library refuses a JWT by this error, and only after the client has shown who it is.
    const { error } = (ctx.body ?? {}) as { error?: string };
    if (error !== 'unsupported_token_type' || ctx.oidc.route !== 'introspection') return;
    const { client, params, provider } = ctx.oidc;
    const claims = await findActive(String(params?.token));
    ctx.status = 200;
    ctx.body = { active: false };
    if (claims === undefined || !client || !mayIntrospect(client, claims.client_id)) return;
    const { grant_id: grantId, ...told } = claims;
    if (typeof grantId === 'string' && !(await provider.Grant.find(grantId))) return;
    ctx.body = { active: true, token_type: claims.cnf === undefined ? 'Bearer' : 'DPoP', ...told };
  };
}

function publicHalf(key: SigningKey): JWK {
  const entries = Object.entries(key).filter(([name]) => name !== 'd');
  return Object.fromEntries(entries);
}
