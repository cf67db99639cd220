/** Keys are any text; servers take less than that. */
import { createHash } from 'node:crypto';

/** Plain keys are kept readable; others are hashed, as an index takes neither NUL nor a search string's length. */
export function storedKey(key: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  return `sha256 ${createHash('sha256').update(key, 'utf16le').digest('hex')}`;
}
