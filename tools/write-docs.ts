/** `npm run docs` writes the pages that are made from the source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asyncApiDocument } from './asyncapi.ts';
import { clientTypes, clientTypesFile } from './client-types.ts';
import { asyncApiFile, graphqlFile } from './check-contracts.ts';
import { errorsDocument, openApiFile, readErrorTables } from './check-docs.ts';
import { openApiDocument } from './openapi.ts';
import { postmanCollection, postmanFile } from './postman.ts';
import { schemaDocument } from '../services/gateway/src/graphql/type-defs.ts';

const root = path.join(import.meta.dirname, '..');
const json = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;
writeFileSync(path.join(root, 'docs/errors.md'), errorsDocument(await readErrorTables(root)));
for (const [file, text] of [
  [asyncApiFile, json(asyncApiDocument())],
  [path.join(root, openApiFile), json(openApiDocument())],
  [path.join(root, clientTypesFile), await clientTypes(openApiDocument())],
  [path.join(root, postmanFile), json(await postmanCollection(openApiDocument()))],
  [graphqlFile, schemaDocument()],
] as const) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
