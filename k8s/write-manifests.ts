/** `npm run manifests` writes the manifests of the services; a test holds them to their source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manifestFiles } from './source/files.ts';

for (const [name, text] of manifestFiles()) {
  const file = path.join(import.meta.dirname, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
