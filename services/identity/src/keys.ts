/**
 * The keys of this issuer. They live in the database and not in a process, so that every replica signs with
 * the same key and a restart does not make the tokens out there worthless.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { randomBytes } from 'node:crypto';

/** A private key as a JWK. */
export type SigningKey = JWK & { kid: string };

export interface Keys {
  /** Newest first. */
  signingKeys: SigningKey[];
  cookieKeys: string[];
}

export interface KeyStore {
  /** The stored keys, after storing those given where there are none. */
  loadKeys(fresh: { signingKey: SigningKey; cookieKey: string }): Promise<Keys>;
}

/** The stored keys; the first process ever to start makes them. */
export async function loadKeys(store: KeyStore): Promise<Keys> {
  return store.loadKeys({
    signingKey: await newSigningKey(),
    cookieKey: randomBytes(32).toString('base64url'),
  });
}

async function newSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' };
}
