import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkCommands } from '../check-commands.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'waymark-commands-'));
  const scripts = {
    start: 'node boot.mjs commands/start.ts',
    order: 'node boot.mjs commands/order.ts',
    test: 'node boot.mjs node_modules/jest/bin/jest.js',
  };
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ scripts }));
  mkdirSync(path.join(root, 'commands'));
  writeCommand('start', "{ 'no-order': { type: 'boolean' }, fresh: { type: 'boolean' } }");
  writeCommand('order', "{ card: { type: 'string' } }");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function writeCommand(name: string, options: string): void {
  const text = `const { values } = parseArgs({ options: ${options} });\n`;
  writeFileSync(path.join(root, 'commands', `${name}.ts`), text);
}

function complaintsOf(text: string): string[] {
  writeFileSync(path.join(root, 'README.md'), text);
  return checkCommands(root);
}

test.each([
  ['a script', '`npm run order`'],
  ['a script with one of its flags', '`npm run --silent order -- --card tok_decline`'],
  ['a flag of the command before it', '| `npm start` | `-- --fresh` forgets, `-- --no-order` |'],
  ['a flag of a program that is not ours', 'npm start\n\n`node --import x`, `curl --silent`'],
  ["a flag of Jest's", '`npm test -- --watch`'],
  ['a flag of npm', '`npm install --no-save` before `npm start`'],
])('%s is fine', (_what, text) => {
  expect(complaintsOf(text)).toEqual([]);
});

test.each([
  ['a script', '`npm run orders`', 'npm run orders: is no script of package.json'],
  ['a flag', '`npm run order -- --cart x`', 'npm run order: does not know --cart'],
  ["another command's flag", '`npm run order -- --fresh`', 'npm run order: does not know --fresh'],
  [
    'a flag, after its command in a table',
    '| `npm start` | everything; `--fast` too |',
    'npm run start: does not know --fast',
  ],
])('%s that there is not is found', (_what, text, complaint) => {
  expect(complaintsOf(text)).toEqual([`README.md: ${complaint}`]);
});
