/**
 * The keys of this issuer. They live in the database and not in a process, so that every replica signs with
 * the same key and a restart does not make the tokens out there worthless. One signs, the next one is already
 * published, and those that were retired stay published until nothing that they signed is valid.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { randomBytes } from 'node:crypto';

/** A private key as a JWK. */
export type SigningKey = JWK & { kid: string };

export interface Keys {
  /** All are published, the first one signs. */
  signingKeys: SigningKey[];
  cookieKeys: string[];
}

export interface StoredKeys {
  current: SigningKey | undefined;
  next: SigningKey | undefined;
  retired: SigningKey[];
  cookieKeys: string[];
}

export interface FreshKeys {
  current: SigningKey;
  next: SigningKey;
  cookieKey: string;
}

export interface KeyStore {
  readKeys(now: Date): Promise<StoredKeys>;
  /** The stored keys, after storing of those given what is missing. */
  completeKeys(fresh: FreshKeys, now: Date): Promise<StoredKeys>;
}

/** The stored keys; the first process to find that some are missing makes them. */
export async function loadKeys(store: KeyStore, now: Date): Promise<Keys> {
  let { current, next, retired, cookieKeys } = await store.readKeys(now);
  if (current === undefined || next === undefined || cookieKeys.length === 0) {
    const fresh = {
      current: await newSigningKey(),
      next: await newSigningKey(),
      cookieKey: randomBytes(32).toString('base64url'),
    };
    ({ current, next, retired, cookieKeys } = await store.completeKeys(fresh, now));
  }
  const signingKeys = [current, next, ...retired].filter((key) => key !== undefined);
  return { signingKeys, cookieKeys };
}

async function newSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' };
}
