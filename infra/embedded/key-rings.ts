/**
 * The key-encryption keys of a platform, a ring for each service that seals personal fields, and their rotation as
 * far as it is one of files: a new key comes first and so wraps from then on, the old ones stay until nothing is
 * wrapped by them. Both steps may be repeated after a crash. What happens in between is commands/keys.ts.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { keyHolders, type KeyHolder } from './names.ts';

export interface KeyEncryptionKey {
  id: string;
  /** 32 bytes, base64url. */
  key: string;
}

export type KeyRings = Record<KeyHolder, KeyEncryptionKey[]>;

export function newKeyRings(): KeyRings {
  return toRings(() => [newKey(newId())]);
}

/** A new first key in each ring, under one id; where a rotation is under way already, its own. */
export function withNewKeys(rings: KeyRings): KeyRings {
  const begun = keyHolders.find((name) => rings[name].length > 1);
  const id = begun === undefined ? newId() : (rings[begun][0]?.id ?? newId());
  return toRings((name) =>
    rings[name][0]?.id === id ? rings[name] : [newKey(id), ...rings[name]],
  );
}

export function withoutOldKeys(rings: KeyRings): KeyRings {
  return toRings((name) => rings[name].slice(0, 1));
}

/** The ring of a service, as packages/envelope reads it. */
export function keyRingFile(directory: string, name: KeyHolder): string {
  return path.join(directory, `${name}.key-ring.json`);
}

function toRings(make: (name: KeyHolder) => KeyEncryptionKey[]): KeyRings {
  return Object.fromEntries(keyHolders.map((name) => [name, make(name)])) as KeyRings;
}

/** Told apart by people, too. */
function newId(): string {
  return `${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
}

function newKey(id: string): KeyEncryptionKey {
  return { id, key: randomBytes(32).toString('base64url') };
}
