/**
 * How a demo client shows who it is to the identity service: by its secret, or by a JWT that it signs (RFC 7523).
 * The JWT is made by hand, which shows how little there is to it: three parts, and a signature over two of them.
 */
import type { Client } from '../../infra/embedded/secrets.ts';
import { createPrivateKey, randomUUID, sign, type JsonWebKey } from 'node:crypto';

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
      client_assertion: signJwt({ ...claims, jti: randomUUID() }, client.privateKey),
    },
  };
}

function signJwt(claims: object, key: JsonWebKey): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}
