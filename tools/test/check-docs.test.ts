import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkErrors, checkLinks } from '../check-docs.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'waymark-docs-'));
  write('src/order.ts', '// #region pivot\nexport const pivot = 1;\n// #endregion\n');
  write('test/order.test.ts', "test('a customer\\'s order ends', () => undefined);\n");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(file: string, text: string): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

function complaintsOf(text: string): string[] {
  write('README.md', text);
  return checkLinks(root);
}

test.each([
  ['a file', '[the model](src/order.ts)'],
  ['a region', '[`pivot`](src/order.ts#pivot)'],
  ['a test', '["a customer\'s order ends"](test/order.test.ts)'],
  ['another site', '[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)'],
  ['a place on the page', '[below](#below)'],
])('a link to %s that is there is fine', (_what, text) => {
  expect(complaintsOf(text)).toEqual([]);
});

test.each([
  ['a file', '[the model](src/orders.ts)'],
  ['a region', '[`pivot`](src/order.ts#pivots)'],
  ['a region by the start of its name', '[`pivot`](src/order.ts#piv)'],
  ['a test', '["an order never ends"](test/order.test.ts)'],
])('a link to %s that is not there is found', (_what, text) => {
  expect(complaintsOf(text)).toHaveLength(1);
});

test('the page of errors lists what the tables say, no more and no less', async () => {
  expect(await checkErrors(path.join(import.meta.dirname, '../..'))).toEqual([]);
});
