import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Type } from 'typebox';
import { readConfig } from '../src/read-config.ts';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535 }),
  HOST: Type.String({ default: '127.0.0.1' }),
  API_KEY: Type.String({ minLength: 16 }),
  NOTE: Type.Optional(Type.String()),
});
const good = { PORT: '8080', API_KEY: 'k'.repeat(16) };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('text becomes what the schema says, defaults fill in, and other variables are left out', () => {
  expect(readConfig(schema, { ...good, PATH: '/bin', NOTE: '007' })).toEqual({
    PORT: 8080,
    HOST: '127.0.0.1',
    API_KEY: good.API_KEY,
    NOTE: '007',
  });
});

test('an empty variable counts as none', () => {
  const config = readConfig(schema, { ...good, HOST: '', NOTE: '' });
  expect(config).toEqual({ PORT: 8080, HOST: '127.0.0.1', API_KEY: good.API_KEY });
});

test('one error names every bad variable, and repeats no value', () => {
  const bad = { PORT: '70000', API_KEY: 'hunter2', NOTE: 'fine' };
  const read = () => readConfig(schema, bad);
  expect(read).toThrow(/PORT must be <= 65535; API_KEY must not have fewer than 16 characters/);
  expect(read).not.toThrow(/70000|hunter2|NOTE|HOST/);
  expect(() => readConfig(schema, {})).toThrow(
    'bad configuration: PORT is missing; API_KEY is missing',
  );
});

test.each(['abc', '80abc', '8080.5', '0x50', '1e3', 'true', ' '])(
  'a number is a number in plain digits, which %j is not',
  (port) => {
    expect(() => readConfig(schema, { ...good, PORT: port })).toThrow(/PORT must be/);
  },
);

test('a secret may come from a file, without its last line break', async () => {
  const file = path.join(folder, 'key');
  await writeFile(file, 'from-a-file-of-its-own\n');
  const { PORT } = good;
  expect(readConfig(schema, { PORT, API_KEY_FILE: file }).API_KEY).toBe('from-a-file-of-its-own');
  expect(readConfig(schema, { ...good, API_KEY_FILE: file }).API_KEY).toBe(good.API_KEY);
  expect(readConfig(schema, { PORT, API_KEY: '', API_KEY_FILE: file }).API_KEY).toBe(
    'from-a-file-of-its-own',
  );
});

test('a file that cannot be read is named among the bad variables', () => {
  const read = () => readConfig(schema, { PORT: 'x', API_KEY_FILE: path.join(folder, 'none') });
  expect(read).toThrow(/bad configuration: PORT .*; API_KEY_FILE cannot be read \(ENOENT\)/);
});
