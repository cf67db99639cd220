import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../src/json.ts';

const storable = (value: unknown) => {
  // Escaped by hand: JSON.stringify writes lone surrogates as escapes, and all others as they are.
  const text = JSON.stringify(value);
  return !text.includes('\\u0000') && !/\\ud[89a-f]/i.test(text);
};

test('what parses is what JSON.parse gives, where the text can be stored, and is refused elsewhere', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      const plain: unknown = JSON.parse(text);
      if (storable(plain)) expect(parseJson(text)).toEqual(plain);
      else expect(() => parseJson(text)).toThrow(TypeError);
    }),
  );
});

test('escapes that only look like NUL or a surrogate are left alone', () => {
  for (const text of ['"\\\\u0000"', '"\\\\ud83d"', '"\\ud83c\\udfd5"', '{"a\\\\u0000b":1}'])
    expect(parseJson(text)).toEqual(JSON.parse(text));
});

test('each refusal is an error of its own kind', () => {
  expect(() => parseJson('{')).toThrow(SyntaxError);
  expect(() => parseJson('{"a":["\\u0000"]}')).toThrow(TypeError);
  expect(() => parseJson('{"a\\uDFFF":1}')).toThrow(TypeError);
  expect(() => parseJson(`${'['.repeat(30_000)}"\\u0041\\u0000"${']'.repeat(30_000)}`)).toThrow();
});
