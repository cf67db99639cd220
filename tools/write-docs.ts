/** `npm run docs` writes the pages that are made from the source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asyncApiDocument } from './asyncapi.ts';
import { asyncApiFile, graphqlFile } from './check-contracts.ts';
import { errorsDocument, readErrorTables } from './check-docs.ts';
import { schemaDocument } from '../services/gateway/src/graphql/type-defs.ts';

const root = path.join(import.meta.dirname, '..');
writeFileSync(path.join(root, 'docs/errors.md'), errorsDocument(await readErrorTables(root)));
mkdirSync(path.dirname(asyncApiFile), { recursive: true });
writeFileSync(asyncApiFile, `${JSON.stringify(asyncApiDocument(), null, 2)}\n`);
mkdirSync(path.dirname(graphqlFile), { recursive: true });
writeFileSync(graphqlFile, schemaDocument());
