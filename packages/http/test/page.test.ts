import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Type } from 'typebox';
import { httpErrors } from '../src/errors.ts';
import { decodeCursor, encodeCursor, pageOf } from '../src/page.ts';

const position = Type.Tuple([Type.String(), Type.Integer()]);
type Item = [name: string, id: number];

const after = (a: Item, b: Item) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1);

/** What a store does: the rows after the cursor, one more than asked for. */
function ask(sorted: Item[], limit: number, cursor: string | undefined) {
  const from = decodeCursor(position, cursor);
  const rows = sorted.filter((item) => from === undefined || after(item, from) > 0);
  return pageOf(rows.slice(0, limit + 1), limit, (item) => item);
}

test('pages of any size show each item once, in order, and the last says that it is the last', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.integer()), {
        selector: (item) => JSON.stringify(item),
      }),
      fc.integer({ min: 1, max: 12 }),
      (items, limit) => {
        const sorted = items.toSorted(after);
        const seen: Item[] = [];
        let cursor: string | null | undefined;
        let pages = 0;
        while (cursor !== null) {
          const page = ask(sorted, limit, cursor);
          seen.push(...page.items);
          cursor = page.nextCursor;
          pages += 1;
        }
        expect(seen).toEqual(sorted);
        expect(pages).toBe(Math.max(1, Math.ceil(sorted.length / limit)));
      },
    ),
  );
});

test('a cursor goes unchanged through an address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer(), (name, id) => {
      const cursor = encodeCursor([name, id]);
      expect(encodeURIComponent(cursor)).toBe(cursor);
      expect(decodeCursor(position, cursor)).toEqual([name, id]);
    }),
  );
  expect(decodeCursor(position, undefined)).toBeUndefined();
});

test('a cursor that was not given out is refused, whatever it is', () => {
  const kind = httpErrors['invalid-cursor'];
  for (const cursor of [
    'x',
    '%',
    '🏕',
    encodeCursor(['a']),
    encodeCursor(['a', '1']),
    encodeCursor(null),
  ])
    expect(() => decodeCursor(position, cursor)).toThrow(kind.when);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (cursor) => {
      try {
        decodeCursor(position, cursor);
      } catch (error) {
        expect(error).toMatchObject({ kind });
      }
    }),
  );
});
