import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { check } from '../check-shape.ts';

/** The smallest service that has the shape. */
const GOOD: Readonly<Record<string, string>> = {
  'README.md': '# Kettles\n',
  'package.json': '{ "name": "@waymark/service-kettles", "private": true, "type": "module" }\n',
  'src/main.ts': "import { buildApp } from './app.ts';\nbuildApp();\n",
  'src/config.ts':
    '/** The only reader of process.env. */\nexport const config = () => process.env;\n',
  'src/app.ts': 'export function buildApp() {}\n',
  'src/routes.ts': 'export function registerRoutes() {}\n',
  'test/api.test.ts': "import '../src/app.ts';\n",
};
const WITH_STORE = {
  'migrations/0001-messaging.sql': 'select 1;\n',
  'migrations/0002-kettles.sql': 'select 1;\n',
  'src/store.ts': 'export const find = (sql: never) => sql;\n',
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'waymark-shape-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** The complaints about a good service with `changes`; undefined takes a file away. */
function complaintsAbout(changes: Record<string, string | undefined>): string[] {
  for (const [file, text] of Object.entries({ ...GOOD, ...changes })) {
    if (text === undefined) continue;
    const target = path.join(root, 'services/kettles', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return check(root).map((complaint) => complaint.replace('services/kettles/', ''));
}

const lines = (count: number) => '// line\n'.repeat(count);

test('a service of the right shape passes', () => {
  expect(complaintsAbout({})).toEqual([]);
});

test('a store with its migrations, a seed, a model and use cases of any name are part of the shape', () => {
  const model = { 'src/kettle.ts': 'export const boil = 1;\n', 'seed/kettles.json': '[]\n' };
  expect(complaintsAbout({ ...WITH_STORE, ...model })).toEqual([]);
});

test.each(['README.md', 'package.json', 'src/main.ts', 'src/config.ts', 'src/app.ts'])(
  'a service without %s is told so',
  (file) => {
    const complaints = complaintsAbout({ [file]: undefined });
    expect(complaints).toEqual([expect.stringMatching(`^${file}: is missing; `)]);
  },
);

test.each<[string, Record<string, string | undefined>, string]>([
  ['has a test', { 'test/api.test.ts': undefined }, 'test/: has no *.test.ts'],
  [
    'is named after its folder',
    { 'package.json': '{ "name": "@waymark/kettles", "private": true, "type": "module" }' },
    'package.json: "name" must be "@waymark/service-kettles"',
  ],
  [
    'is never published',
    { 'package.json': '{ "name": "@waymark/service-kettles", "type": "module" }' },
    'package.json: "private" must be true',
  ],
  [
    'is made of ES modules',
    { 'package.json': '{ "name": "@waymark/service-kettles", "private": true }' },
    'package.json: "type" must be "module"',
  ],
  ['exports buildApp', { 'src/app.ts': 'function buildApp() {}\n' }, 'src/app.ts: does not export'],
  [
    'has a store for its tables',
    { ...WITH_STORE, 'src/store.ts': undefined },
    'migrations/: there are tables and no src/store.ts',
  ],
  [
    'has tables for its store',
    { 'src/store.ts': lines(1) },
    'src/store.ts: there is a store and no migrations/',
  ],
  [
    'numbers its migrations without a gap',
    { ...WITH_STORE, 'migrations/0002-kettles.sql': undefined, 'migrations/0003-lids.sql': '--\n' },
    'migrations/0003-lids.sql: must be called migrations/0002-',
  ],
  [
    'gives no number to two migrations',
    { ...WITH_STORE, 'migrations/0002-lids.sql': '--\n' },
    'migrations/0002-lids.sql: must be called migrations/0003-',
  ],
  [
    'keeps nothing but SQL with its migrations',
    { ...WITH_STORE, 'migrations/undo.ts': lines(1) },
    'migrations/undo.ts: must be called migrations/0003-',
  ],
  ['has no barrel', { 'src/index.ts': lines(1) }, 'src/index.ts: is a barrel'],
  ['has nothing built', { 'dist/main.js': lines(1) }, 'dist: nothing is built here'],
  ['has no other folders', { 'lib/boil.ts': lines(1) }, "lib: is no part of a service's shape"],
  ['has no empty files', { 'src/errors.ts': '' }, 'src/errors.ts: is empty'],
  ['has short files', { 'src/kettle.ts': lines(221) }, 'src/kettle.ts: has 221 lines; 220 are'],
  ['has short tests', { 'test/a.test.ts': lines(221) }, 'test/a.test.ts: has 221 lines; 220 are'],
  [
    'has a README of one screen',
    { 'README.md': 'a\n'.repeat(61) },
    'README.md: has 61 lines; 60 are',
  ],
])('a service %s', (_rule, changes, complaint) => {
  expect(complaintsAbout(changes)).toEqual([expect.stringContaining(complaint)]);
});

test.each([
  ['reads process.env', 'export const port = process.env.PORT;'],
  ['reads process.env', "import { env } from 'node:process';"],
  ['has SQL', 'export const rows = (sql) => sql`whatever it says`;'],
  ['has SQL', 'export const rows = (sql) => sql<number>`whatever it says`;'],
  ['has SQL', "export const rows = (db) => db.selectFrom('kettles');"],
  ['has SQL', "export const rows = (db) => db.query('select id from kettles');"],
  ['has SQL', 'export const rows = (db) => db.query("INSERT INTO kettles VALUES (1)");'],
  ['has SQL', 'export const rows = (db) => db.query(`\n delete from ${"kettles"} where true`);'],
  ['has SQL', "export const rows = (db) => db.query('update kettles set hot = true');"],
  ['has a default export', 'export default 1;'],
  ['has a default export', 'export default function boil() {}'],
  ['has a default export', 'const boil = 1;\nexport { boil as default };'],
])('a file that %s is told where: %s', (complaint, text) => {
  const complaints = complaintsAbout({ 'src/kettle.ts': `${text}\n` });
  expect(complaints).toEqual([
    expect.stringMatching(`^src/kettle[.]ts:[12]: ${complaint.replaceAll('.', '[.]')}`),
  ]);
});

test.each([
  'export const hint = "Select a kettle from the list";',
  '// This is not the reader of process.env, and has no sql`select id from kettles`.\nexport const a = 1;',
  'export const check = (db) => db.query("select 1");',
  'export const size = (state) => { switch (state) { case 1: return 2; default: return 3; } };',
])('a file that only looks like it is left alone: %s', (text) => {
  expect(complaintsAbout({ 'src/kettle.ts': `${text}\n` })).toEqual([]);
});

test('a test may arrange with SQL and read the environment of the test run', () => {
  const text = 'export const arrange = (db) => db.query(`delete from ${process.env.TABLE}`);\n';
  expect(complaintsAbout({ 'test/setup.ts': text })).toEqual([]);
});

test('the services of this repository have the shape', () => {
  expect(check(path.resolve(import.meta.dirname, '../..'))).toEqual([]);
});
