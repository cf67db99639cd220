/** How a demo client shows who it is to the identity service: by its secret, or by a JWT that it signs (RFC 7523). */
import type { Client } from '../../infra/embedded/secrets.ts';
import { randomUUID } from 'node:crypto';
import { signJwt } from './sign-jwt.ts';

interface Authentication {
  headers: Record<string, string>;
  form: Record<string, string>;
}

/** `issuer` says whom an assertion is for. */
export async function authenticationOf(
  client: Client,
  issuer: () => Promise<string>,
): Promise<Authentication> {
  const { clientId } = client;
  if ('clientSecret' in client) {
    const basic = Buffer.from(`${clientId}:${client.clientSecret}`).toString('base64');
    return { headers: { authorization: `Basic ${basic}` }, form: {} };
  }
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: await issuer(), iat: now, exp: now + 60 };
  return {
    headers: {},
    form: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signJwt(
        { alg: 'ES256', typ: 'JWT' },
        { ...claims, jti: randomUUID() },
        client.privateKey,
      ),
    },
  };
}
