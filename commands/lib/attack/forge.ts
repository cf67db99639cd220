/** Makes tokens that look like ours: with our claims or others, signed by our key, by another, or not at all. */
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { encodePart, signJwt } from '../sign-jwt.ts';
import type { SigningKey, Target } from './target.ts';

type Changes = Record<string, unknown>;

export interface Forge {
  /** Signed by the platform's own key, in nothing but this other than a good one. */
  changed(header: Changes, claims?: Changes): string;
  /** Signed by a key of the attacker's. */
  stranger(header: Changes): string;
  /** Under this header, with the given signature over it. */
  under(header: Changes, sign?: (signed: string) => string): string;
  hmac(secret: string | Buffer): (signed: string) => string;
  /** The platform's public key, in the forms in which it could be taken for a secret. */
  publicKey: Record<'pem' | 'der' | 'jwk' | 'x', string | Buffer>;
  strangersKey: JsonWebKey;
  /** The three parts of a good token of ada's. */
  parts: [header: string, claims: string, signature: string];
}

export async function openForge(target: Target): Promise<Forge> {
  const key = await target.signingKey();
  const good = await target.token('ada');
  const parts = good.split('.') as Forge['parts'];
  const goodHeader = decode(parts[0]);
  const goodClaims = decode(parts[1]);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const strangersPrivate = privateKey.export({ format: 'jwk' });
  return {
    changed: (header, claims = {}) =>
      signJwt({ ...goodHeader, ...header }, { ...goodClaims, ...claims }, key),
    stranger: (header) => signJwt({ ...goodHeader, ...header }, goodClaims, strangersPrivate),
    under(header, sign = () => '') {
      const signed = `${encodePart({ ...goodHeader, ...header })}.${parts[1]}`;
      return `${signed}.${sign(signed)}`;
    },
    hmac: (secret) => (signed) => createHmac('sha256', secret).update(signed).digest('base64url'),
    publicKey: formsOf(key),
    strangersKey: publicKey.export({ format: 'jwk' }),
    parts,
  };
}

function decode(part: string): Changes {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Changes;
}

function formsOf({ kty, crv, x, y, kid }: SigningKey): Forge['publicKey'] {
  const key = createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: 'jwk' });
  return {
    pem: key.export({ format: 'pem', type: 'spki' }),
    der: key.export({ format: 'der', type: 'spki' }),
    jwk: JSON.stringify({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }),
    x: String(x),
  };
}
