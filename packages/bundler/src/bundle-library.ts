/** Puts what a library's ES modules consist of into one file for each of its entries, and what these share. */
import { build } from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What `exports` leads to: a file, or another choice for each condition (https://nodejs.org/api/packages.html). */
type Target = string | null | { [condition: string]: Target };

const ESM_CONDITIONS = ['node', 'import', 'default'];
const OUTPUT = 'bundled';

/**
 * Rewrites `exports` in the library's package.json so that `import` finds the bundles; `require` finds what it did.
 * A library that has no ES modules, or patterns among its exports, keeps those as they are.
 */
export async function bundleLibrary(directory: string): Promise<void> {
  const file = path.join(directory, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { type?: string; exports?: Target };
  const entries = entriesOf(manifest);
  if (entries.size === 0) return;
  await build({
    entryPoints: Object.fromEntries(
      [...entries].map(([source, name]) => [name, path.join(directory, source)]),
    ),
    outdir: path.join(directory, OUTPUT),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What two entries share is there once, so that both have the same classes and the same state.
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const exports = replaced(manifest.exports ?? null, (source) => {
    const name = entries.get(source);
    return name === undefined ? source : `./${OUTPUT}/${name}.mjs`;
  });
  // The file may be a link into pnpm's store, which others use too.
  await rm(file);
  await writeFile(file, JSON.stringify({ ...manifest, exports }));
}

/** The ES modules that an `import` of the library begins at, each with a name of its own. */
function entriesOf({ type, exports }: { type?: string; exports?: Target }): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [subpath, target] of subpathsOf(exports ?? null)) {
    const source = importedOf(target);
    if (source === undefined || subpath.includes('*')) continue;
    if (source.endsWith('.mjs') || (type === 'module' && source.endsWith('.js')))
      entries.set(source, subpath === '.' ? 'index' : subpath.slice(2));
  }
  return entries;
}

function subpathsOf(exports: Target): [string, Target][] {
  const isMap =
    typeof exports === 'object' && Object.keys(exports ?? {}).some((key) => key.startsWith('.'));
  return isMap ? Object.entries(exports ?? {}) : [['.', exports]];
}

function importedOf(target: Target): string | undefined {
  if (target === null || typeof target === 'string') return target ?? undefined;
  const condition = Object.keys(target).find((key) => ESM_CONDITIONS.includes(key));
  return condition === undefined ? undefined : importedOf(target[condition] ?? null);
}

function replaced(target: Target, replace: (source: string) => string): Target {
  if (target === null) return null;
  if (typeof target === 'string') return replace(target);
  return Object.fromEntries(
    Object.entries(target).map(([condition, inner]) => [condition, replaced(inner, replace)]),
  );
}
