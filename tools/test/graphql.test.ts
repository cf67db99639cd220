import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkGraphql, graphqlFile } from '../check-contracts.ts';

test('the GraphQL schema on the disk is the one that the gateway serves', () => {
  expect(checkGraphql(graphqlFile)).toEqual([]);
});

test('a GraphQL schema that is not current is found', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'waymark-graphql-'));
  const file = path.join(folder, 'schema.graphql');
  writeFileSync(file, readFileSync(graphqlFile, 'utf8').replace('priceCents: Cents!', ''));
  expect(checkGraphql(file)).toEqual([expect.stringContaining('npm run docs')]);
  rmSync(folder, { recursive: true });
});
