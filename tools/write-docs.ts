/** `npm run docs` writes the pages that are made from the source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asyncApiDocument } from './asyncapi.ts';
import { asyncApiFile } from './check-contracts.ts';
import { errorsDocument, openApiFile, readErrorTables } from './check-docs.ts';
import { openApiDocument } from './openapi.ts';

const root = path.join(import.meta.dirname, '..');
writeFileSync(path.join(root, 'docs/errors.md'), errorsDocument(await readErrorTables(root)));
for (const [file, document] of [
  [asyncApiFile, asyncApiDocument()],
  [path.join(root, openApiFile), openApiDocument()],
] as const) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
