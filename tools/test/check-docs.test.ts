import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkErrors, checkLinks, checkPaths, checkRegions } from '../check-docs.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'waymark-docs-'));
  write('src/order.ts', '// #region pivot\nexport const pivot = 1;\n// #endregion\n');
  write(
    'test/order.test.ts',
    "test('a customer\\'s order ends', () => undefined);\ntest(`${log}: keys keep order`, () => 1);\n",
  );
  write('docs/order.md', '# Orders\n\n## The way, and its end\n');
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
  ['a test of every adapter', '["keys keep order"](test/order.test.ts)'],
  ['a heading of another page', '[it](docs/order.md#the-way-and-its-end)'],
  ['another site', '[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)'],
  ['a place on the page', '[below](#below)'],
])('a link to %s that is there is fine', (_what, text) => {
  expect(complaintsOf(text)).toEqual([]);
});

test.each([
  ['a file', '[the model](src/orders.ts)'],
  ['a region', '[`pivot`](src/order.ts#pivots)'],
  ['a region by the start of its name', '[`pivot`](src/order.ts#piv)'],
  ['a heading', '[it](docs/order.md#the-way)'],
  ['a test', '["an order never ends"](test/order.test.ts)'],
  ['a test by a part of its title', '["order ends"](test/order.test.ts)'],
])('a link to %s that is not there is found', (_what, text) => {
  expect(complaintsOf(text)).toHaveLength(1);
});

test('a region that a page cites is fine, from whichever folder', () => {
  write('docs/order.md', '[`pivot`](../src/order.ts#pivot)');
  expect(checkRegions(root)).toEqual([]);
});

test('a region that no page cites is found, in TypeScript and in SQL', () => {
  write('migrations/0001-log.sql', '-- #region offsets\nselect 1;\n-- #endregion\n');
  const complaints = checkRegions(root).map((complaint) => complaint.split(';', 1)[0]);
  expect(complaints).toEqual([
    'migrations/0001-log.sql: no page cites the region offsets',
    'src/order.ts: no page cites the region pivot',
  ]);
});

test('a region is not cited by its file alone, nor by a region of that name elsewhere', () => {
  write('src/payment.ts', '// #region pivot\n// #endregion\n');
  write('README.md', '[order](src/order.ts), [`pivot`](src/payment.ts#pivot)');
  expect(checkRegions(root)).toEqual([expect.stringMatching(/^src\/order\.ts: /)]);
});

test('text that only speaks of a region is none, and neither is one in a package that was installed', () => {
  write('README.md', '[`pivot`](src/order.ts#pivot)');
  write('src/tool.ts', "const example = '// #region mine';\n");
  write('services/a/node_modules/b/index.ts', '// #region theirs\n// #endregion\n');
  expect(checkRegions(root)).toEqual([]);
});

test.each([
  ['beside its page', 'services/orders/README.md', '`src/model.ts`'],
  ['below the root', 'docs/order.md', '`src/order.ts`'],
  ['in any of the services', 'docs/services.md', '`src/model.ts`'],
])('a path in code type may be %s', (_where, file, text) => {
  write('services/orders/src/model.ts', '');
  write(file, text);
  expect(checkPaths(root)).toEqual([]);
});

test('a path in code type that is nowhere is found', () => {
  write('docs/order.md', 'The model is `src/gone.ts`.');
  expect(checkPaths(root)).toEqual(['docs/order.md: src/gone.ts is not there']);
});

test('the page of errors lists what the tables say, no more and no less', async () => {
  expect(await checkErrors(path.join(import.meta.dirname, '../..'))).toEqual([]);
});
