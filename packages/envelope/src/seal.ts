/**
 * Seals one field of one row: AES-256-GCM under the data key of the person whom it is about. The place of the field
 * is authenticated along with it, so that whoever may write to the table can neither change a sealed value nor
 * put one person's in the row of another. Pure: where keys come from is data-keys.ts.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface DataKey {
  /** A UUID. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** Where a sealed value lies, and nowhere else. */
export interface Place {
  table: string;
  column: string;
  row: string;
}

const VERSION = 1;
const ID_BYTES = 16;
/** NIST SP 800-38D, section 8.3: random ones are safe for 2^32 values of one key; no person has as many orders. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** version, id of the data key, nonce, ciphertext, tag. The value is JSON. */
export function seal({ id, key }: DataKey, place: Place, value: unknown): Buffer {
  const header = Buffer.concat([Buffer.from([VERSION]), idBytes(id)]);
  return Buffer.concat([header, encrypt(key, JSON.stringify(value), aad(place, header))]);
}

/**
 * Undefined where it was sealed with another data key: that one was erased, and this person came back since. Throws
 * where it was changed, or sealed for another place.
 */
export function open({ id, key }: DataKey, place: Place, sealed: Buffer): unknown {
  const header = sealed.subarray(0, 1 + ID_BYTES);
  if (header[0] !== VERSION) throw new Error('a sealed value is of an unknown version');
  if (!header.subarray(1).equals(idBytes(id))) return undefined;
  const text = decrypt(key, sealed.subarray(header.length), aad(place, header));
  return JSON.parse(text.toString()) as unknown;
}

/** nonce, ciphertext, tag. */
export function encrypt(key: Buffer, content: string | Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  const text = cipher.update(content as string, 'utf8');
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
}

/** Throws where key, content or context is not what it was. */
export function decrypt(key: Buffer, content: Buffer, context: Buffer): Buffer {
  const nonce = content.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(context);
  decipher.setAuthTag(content.subarray(-TAG_BYTES));
  const text = decipher.update(content.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([text, decipher.final()]);
}

/** As JSON, since `a` + `bc` and `ab` + `c` must differ. */
function aad({ table, column, row }: Place, header: Buffer): Buffer {
  return Buffer.concat([header, Buffer.from(JSON.stringify([table, column, row]))]);
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
