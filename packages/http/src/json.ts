/**
 * JSON as services take it: anything that the databases behind could not store again is refused at the door.
 * PostgreSQL text cannot hold U+0000, and half of a surrogate pair is not a character.
 */

const SUSPECT = /\\u(?:0000|d[89a-f])/i;

/** Throws SyntaxError on broken JSON, RangeError on absurd nesting, and TypeError on text that cannot be stored. */
export function parseJson(text: string): unknown {
  // Only an escape can bring such text in, so the slow walk is paid by bodies that hold one.
  return JSON.parse(text, SUSPECT.test(text) ? refuseUnstorable : undefined) as unknown;
}

function refuseUnstorable(key: string, value: unknown): unknown {
  if (!storable(key) || (typeof value === 'string' && !storable(value))) {
    throw new TypeError('text with a NUL character or half a surrogate pair');
  }
  return value;
}

function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
