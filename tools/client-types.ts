/** The types of packages/client, which `npm run docs` generates from the OpenAPI document. */
import openApiTypescript, { astToString } from 'openapi-typescript';
import type { Schema } from './compare-schemas.ts';

export const clientTypesFile = 'packages/client/src/v1.ts';

const HEADER = '/** Generated from docs/openapi/v1.json by npm run docs. */\n';

export async function clientTypes(document: Schema): Promise<string> {
  const nodes = await openApiTypescript(structuredClone(document) as never);
  return HEADER + astToString(nodes);
}
