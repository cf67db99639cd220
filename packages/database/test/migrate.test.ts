import { expect, test } from '@jest/globals';
import { createTestDatabase } from '@waymark/testing/database.ts';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { migrate } from '../src/migrate.ts';

async function setup(files: Record<string, string>) {
  const root = await mkdtemp(path.join(tmpdir(), 'waymark-migrate-'));
  const folder = path.join(root, 'migrations');
  await mkdir(folder);
  await mkdir(path.join(root, 'none'));
  const database = await createTestDatabase(pathToFileURL(path.join(root, 'none/')));
  const write = (changed: Record<string, string>) =>
    Promise.all(
      Object.entries(changed).map(([name, text]) => writeFile(path.join(folder, name), text)),
    );
  await write(files);
  return {
    write,
    run: () => migrate(database.url, folder),
    async tables() {
      const rows = await database.query<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
      );
      return rows.map(({ name }) => name).filter((name) => name !== 'migrations');
    },
    query: database.query,
    async [Symbol.asyncDispose]() {
      await database.drop();
      await rm(root, { recursive: true });
    },
  };
}

test('files are applied in the order of their names, each once, and others are left alone', async () => {
  await using world = await setup({
    '0002-rename.sql': 'alter table first rename to second;',
    '0001-create.sql': 'create table first (id int);',
    'README.md': 'no SQL',
  });
  expect(await world.run()).toEqual(['0001-create.sql', '0002-rename.sql']);
  expect(await world.run()).toEqual([]);
  await world.write({ '0003-more.sql': 'create table third (id int);' });
  expect(await world.run()).toEqual(['0003-more.sql']);
  expect(await world.tables()).toEqual(['second', 'third']);
});

test('a file that changed after it was applied is refused, and nothing behind it is applied', async () => {
  await using world = await setup({ '0001-create.sql': 'create table first (id int);' });
  await world.run();
  await world.write({
    '0001-create.sql': 'create table first (id bigint);',
    '0002-more.sql': 'create table second (id int);',
  });
  await expect(world.run()).rejects.toThrow('migration 0001-create.sql was changed');
  expect(await world.tables()).toEqual(['first']);
});

test('a file that fails is rolled back as a whole, those before it stay, and it can be mended', async () => {
  await using world = await setup({
    '0001-create.sql': 'create table first (id int);',
    '0002-broken.sql':
      'create table second (id int); select nonsense; create table third (id int);',
  });
  const failure: unknown = await world.run().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    message: 'migration 0002-broken.sql failed',
    cause: { message: 'column "nonsense" does not exist' },
  });
  expect(await world.tables()).toEqual(['first']);
  await world.write({ '0002-broken.sql': 'create table second (id int);' });
  expect(await world.run()).toEqual(['0002-broken.sql']);
});

test('a file whose application cannot be noted down is rolled back too', async () => {
  await using world = await setup({
    '0001-break.sql': 'create table first (id int); drop table migrations;',
  });
  await expect(world.run()).rejects.toThrow('migration 0001-break.sql failed');
  expect(await world.tables()).toEqual([]);
});

test('several processes at once apply each file once between them', async () => {
  await using world = await setup({
    '0001-create.sql': 'create table first (id int); select pg_sleep(0.1);',
    '0002-fill.sql': 'insert into first values (1);',
  });
  const applied = await Promise.all([world.run(), world.run(), world.run()]);
  expect(applied.flat().sort()).toEqual(['0001-create.sql', '0002-fill.sql']);
  expect(await world.query('select id from first')).toEqual([{ id: 1 }]);
});

test('an included file is part of the one that includes it, also in the eyes of the digest', async () => {
  await using world = await setup({
    '0001-all.sql': '-- What we need\n\\ir ../parts.sql\ncreate table last (id int);',
    '../parts.sql': 'create table part (id int);',
  });
  await world.run();
  expect(await world.tables()).toEqual(['last', 'part']);
  await world.write({ '../parts.sql': 'create table part (id bigint);' });
  await expect(world.run()).rejects.toThrow('was changed');
});
