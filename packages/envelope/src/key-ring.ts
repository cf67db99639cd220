/**
 * The key-encryption keys of a service, from a file of secrets: the first one wraps, all of them unwrap. The file
 * may change while the service runs, which is how keys are rotated (commands/keys.ts). A key management service
 * can take the place of the file: what it must do is KeyRing, and there it never shows its keys.
 */
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { readFile } from 'node:fs/promises';
import { decrypt, encrypt } from './seal.ts';

/** A service's config.ts spreads this into its own; the path, because the file is read again. */
export const keyRingConfig = { KEY_ENCRYPTION_KEYS_FILE: Type.String() };

export interface Wrapped {
  kekId: string;
  wrapped: Buffer;
}

export interface KeyRing {
  /** Whose data key it is (`subject`) is bound to it, so that two people's cannot be exchanged. */
  wrap(dataKey: Buffer, subject: string): Promise<Wrapped>;
  /** Throws where the key is not in the ring, or was not wrapped for this subject. */
  unwrap(wrapped: Wrapped, subject: string): Promise<Buffer>;
  /** The id of the key that wraps, as it is now. */
  refresh(): Promise<string>;
}

const ringFile = Type.Array(
  Type.Object({
    id: Type.String({ minLength: 1, maxLength: 100 }),
    /** 32 bytes. */
    key: Type.String({ pattern: '^[\\w-]{43}$' }),
  }),
  { minItems: 1 },
);

type Keys = { id: string; key: Buffer }[];

/** Rejects where there is no such file, or something else in it. */
export function openKeyRing(file: string): Promise<KeyRing> {
  return createKeyRing(() => readFile(file, 'utf8'));
}

export async function createKeyRing(read: () => Promise<string>): Promise<KeyRing> {
  let keys = parse(await read());
  async function refresh(): Promise<Keys> {
    keys = parse(await read());
    return keys;
  }

  return {
    async wrap(dataKey, subject) {
      const { id, key } = first(keys);
      return { kekId: id, wrapped: encrypt(key, dataKey, context(id, subject)) };
    },

    async unwrap({ kekId, wrapped }, subject) {
      const named = ({ id }: { id: string }) => id === kekId;
      // #region read-again-for-an-unknown-key
      // While keys are rotated, another replica may have seen the new file first, and wrapped by a key that is
      // not in ours yet. To wait for the next look at the file would fail every request until then.
      const found = keys.find(named) ?? (await refresh()).find(named);
      // #endregion
      if (found === undefined) throw new Error(`there is no key-encryption key ${kekId}`);
      return decrypt(found.key, wrapped, context(kekId, subject));
    },

    async refresh() {
      return first(await refresh()).id;
    },
  };
}

function parse(text: string): Keys {
  const entries = toJson(text);
  if (!Value.Check(ringFile, entries)) throw new Error('bad key ring: not a list of id and key');
  return entries.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64url') }));
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text, and with it a key.
    throw new Error('bad key ring: not JSON');
  }
}

function first(keys: Keys): Keys[number] {
  const [key] = keys;
  if (key === undefined) throw new Error('the key ring is empty');
  return key;
}

function context(kekId: string, subject: string): Buffer {
  return Buffer.from(JSON.stringify(['data key', kekId, subject]));
}
