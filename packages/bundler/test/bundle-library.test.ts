import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleLibrary } from '../src/bundle-library.ts';

/** A library of the given files, and a program beside it that can import it. */
async function setup(manifest: object, files: Record<string, string>) {
  const root = await mkdtemp(path.join(tmpdir(), 'waymark-bundle-'));
  const library = path.join(root, 'node_modules/library');
  await mkdir(library, { recursive: true });
  await writeFile(
    path.join(library, 'package.json'),
    JSON.stringify({ name: 'library', ...manifest }),
  );
  for (const [name, source] of Object.entries(files))
    await writeFile(path.join(library, name), source);
  return {
    library,
    /** What the program prints. */
    async run(program: string, extension = 'mjs'): Promise<string> {
      const file = path.join(root, `program.${extension}`);
      await writeFile(file, program);
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      return stdout.trim();
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

const FILES = {
  'index.mjs': `export * from './thing.mjs'; export { count } from './state.mjs';`,
  'extra.mjs': `import { Thing } from './thing.mjs'; import { count } from './state.mjs'; count.value += 1; export const isThing = (it) => it instanceof Thing;`,
  'thing.mjs': `export class Thing {}`,
  'state.mjs': `export const count = { value: 1 };`,
  'index.cjs': `exports.how = 'required';`,
};
const MANIFEST = {
  exports: {
    '.': { require: './index.cjs', default: './index.mjs' },
    './extra': { types: './extra.d.mts', default: './extra.mjs' },
    './data/*': './data/*.json',
    './package.json': './package.json',
  },
};

test('a bundled library is loaded from its bundles, and its entries share their classes and their state', async () => {
  await using world = await setup(MANIFEST, FILES);
  await bundleLibrary(world.library);
  for (const name of ['index.mjs', 'extra.mjs', 'thing.mjs', 'state.mjs'])
    await rm(path.join(world.library, name));
  const printed = await world.run(`
    import { Thing, count } from 'library';
    import { isThing } from 'library/extra';
    console.log(isThing(new Thing()), count.value);`);
  expect(printed).toBe('true 2');
});

test('what is not an ES module stays where it was', async () => {
  await using world = await setup(MANIFEST, FILES);
  await bundleLibrary(world.library);
  expect(await world.run(`console.log(require('library').how);`, 'cjs')).toBe('required');
  const { exports } = JSON.parse(
    await readFile(path.join(world.library, 'package.json'), 'utf8'),
  ) as typeof MANIFEST;
  expect(exports).toEqual({
    '.': { require: './index.cjs', default: './bundled/index.mjs' },
    './extra': { types: './extra.d.mts', default: './bundled/extra.mjs' },
    './data/*': './data/*.json',
    './package.json': './package.json',
  });
});

test('a library of one format, without a map of its exports, is known by its type', async () => {
  await using modules = await setup(
    { type: 'module', exports: './index.js' },
    { 'index.js': `export * from './other.js';`, 'other.js': `export const how = 'imported';` },
  );
  await bundleLibrary(modules.library);
  await rm(path.join(modules.library, 'other.js'));
  expect(await modules.run(`import { how } from 'library'; console.log(how);`)).toBe('imported');

  await using scripts = await setup(
    { exports: './index.js' },
    { 'index.js': `exports.how = 'required';` },
  );
  await bundleLibrary(scripts.library);
  const manifest = await readFile(path.join(scripts.library, 'package.json'), 'utf8');
  expect(manifest).not.toContain('bundled');
});
