import { expect, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { createBlindIndex } from '../src/blind-index.ts';
import { open, seal } from '../src/seal.ts';

const place = { table: 'orders', column: 'ship_to', row: '1' };
const newDataKey = () => ({ id: randomUUID(), key: randomBytes(32) });

test('what was sealed opens in its place, whatever text it is', () => {
  const key = newDataKey();
  const value = { name: 'Ægir 山田 👩‍🚀', lines: ['', '\u0000'] };
  expect(open(key, place, seal(key, place, value))).toEqual(value);
});

test.each([
  ['another table', { ...place, table: 'people' }],
  ['another column', { ...place, column: 'bill_to' }],
  ['another row', { ...place, row: '2' }],
  ['a row that reads the same side by side', { table: 'orders', column: 'ship_to1', row: '' }],
])('a sealed value does not open in %s', (_name, elsewhere) => {
  const key = newDataKey();
  expect(() => open(key, elsewhere, seal(key, place, 'Bergen'))).toThrow();
});

test('one changed bit anywhere and it does not open', () => {
  const key = newDataKey();
  const sealed = seal(key, place, 'Bergen');
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    const opened = () => open(key, place, changed);
    // The bytes of the key's id say that it is of another key.
    if (index >= 1 && index <= 16) expect(opened()).toBeUndefined();
    else expect(opened).toThrow();
  }
});

test('the same value is sealed differently each time', () => {
  const key = newDataKey();
  expect(seal(key, place, 'Bergen').equals(seal(key, place, 'Bergen'))).toBe(false);
});

test('a blind index is the same for the same text in the same column, under the same key', () => {
  const index = createBlindIndex('a key', 'email');
  expect(index('ada@example.com')).toBe(createBlindIndex('a key', 'email')('ada@example.com'));
  expect(index('ada@example.com')).not.toBe(index('bob@example.com'));
  expect(index('ada@example.com')).not.toBe(createBlindIndex('a key', 'phone')('ada@example.com'));
  expect(index('ada@example.com')).not.toBe(createBlindIndex('b key', 'email')('ada@example.com'));
});
