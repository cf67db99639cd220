/**
 * Runs while an image is built: puts third-party code that comes in many small files into few. A start reads each file
 * on its own, and of the 1,630 that orders takes, 1,260 are of the libraries named here; with them bundled it takes
 * 1.0 s of CPU in place of 1.6, and 20 MB less. Our own source stays as it is, to be read where it runs.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { bundleLibrary } from './bundle-library.ts';

/** By name, or by the scope of many. */
const LIBRARIES = ['typebox', 'kysely', '@opentelemetry'];

const [root = process.cwd()] = process.argv.slice(2);
const store = path.join(root, 'node_modules/.pnpm');
const found = (await readdir(store)).map((entry) => {
  const name = libraryIn(entry);
  return { name, directory: path.join(store, entry, 'node_modules', name) };
});
for (const library of LIBRARIES) {
  const places = found.filter(({ name }) => name === library || name.startsWith(`${library}/`));
  if (places.length === 0) throw new Error(`there is no ${library} in ${store}`);
  for (const { directory } of places) await bundleLibrary(directory);
}

/** pnpm keeps `@scope/name` in a directory `@scope+name@version_peers`. */
function libraryIn(directory: string): string {
  return directory.slice(0, directory.indexOf('@', 1)).replace('+', '/');
}
