/** `npm run docs` writes the pages that are made from the source. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorsDocument, readErrorTables } from './check-docs.ts';

const root = path.join(import.meta.dirname, '..');
writeFileSync(path.join(root, 'docs/errors.md'), errorsDocument(await readErrorTables(root)));
