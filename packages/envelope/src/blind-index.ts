/**
 * Finds by a sealed value without opening any: the table keeps an HMAC of it. A plain hash would not do, since the
 * e-mail addresses of the world can be tried one by one, and who has stolen the table has no hurry; the key is not in
 * the table. What it tells whoever has both: whether a value that they know already is in there.
 */
import { createHmac } from 'node:crypto';

export type BlindIndex = (value: string) => string;

/** `name` keeps apart what different columns hold: the same text in two of them has two indexes. */
export function createBlindIndex(key: string, name: string): BlindIndex {
  return (value) => createHmac('sha256', key).update(`${name} ${value}`).digest('base64url');
}
