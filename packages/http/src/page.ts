/**
 * Cursor pages. A cursor is the sort key of the last item given out, so a page costs the same wherever it lies
 * and no item is skipped or shown twice when others come and go (an OFFSET does both).
 */
import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { httpErrors } from './errors.ts';
import { Problem } from './problem.ts';

export const pageQuery = {
  limit: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 20,
    description: 'The most items that a page may have.',
  }),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 512,
      description: 'The `nextCursor` of the page before, as it is; the first page has none.',
    }),
  ),
};

export const nextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'The `cursor` of the next page; null on the last one.',
});

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws `invalid-cursor` unless the cursor decodes to the given schema. */
export function decodeCursor<Schema extends TSchema>(
  schema: Schema,
  cursor: string | undefined,
): Static<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const position = parse(Buffer.from(cursor, 'base64url').toString());
  if (!Value.Check(schema, position)) throw new Problem(httpErrors['invalid-cursor']);
  return position;
}

/** A page out of the `limit + 1` rows that were asked for: the extra one only tells that there is more. */
export function pageOf<Item>(
  rows: Item[],
  limit: number,
  position: (item: Item) => unknown,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? encodeCursor(position(last)) : null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
