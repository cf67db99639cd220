/** A JWT made by hand, which shows how little there is to it: three parts, and a signature over two of them. */
import { createPrivateKey, sign, type JsonWebKey } from 'node:crypto';

export function encodePart(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Signed with ES256, whatever the header says. */
export function signJwt(header: object, claims: object, key: JsonWebKey): string {
  const signed = `${encodePart(header)}.${encodePart(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}
