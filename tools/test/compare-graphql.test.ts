import { describe, expect, test } from '@jest/globals';
import { schemaDocument } from '../../services/gateway/src/graphql/type-defs.ts';
import { checkGraph, readReleasedGraph, releasedFolder } from '../check-contracts.ts';
import { compareGraphql } from '../compare-graphql.ts';

const released = schemaDocument();

function changed(from: string, to: string): string {
  expect(released).toContain(from);
  return released.replace(from, to);
}

describe('a client of the graph cannot live with', () => {
  test.each<[string, [string, string], string]>([
    ['a field that is gone', ['  description: String!\n', ''], 'Product.description was removed'],
    [
      'an argument that is newly required',
      ['  order(id: ID!)', '  order(id: ID!, shop: ID!)'],
      'required argument Query.order(shop:) was added',
    ],
    [
      'a field that may be null from now on',
      ['  description: String!\n', '  description: String\n'],
      'Product.description changed type',
    ],
    [
      'a field of an input that is newly required',
      ['  cardToken: String!', '  cardToken: String!\n  note: String!'],
      'required field PaymentInput.note was added',
    ],
    ['a value of an enum that is gone', ['  CONFIRMED\n', ''], 'CONFIRMED was removed'],
    [
      'another scope',
      [
        'cancelOrder(id: ID!): Order @needs(scope: "orders:write")',
        'cancelOrder(id: ID!): Order @needs(scope: "orders:admin")',
      ],
      'Mutation.cancelOrder needs orders:admin',
    ],
    [
      'a scope where none was needed',
      ['  product(id: ID!): Product\n', '  product(id: ID!): Product @needs(scope: "x")\n'],
      'Query.product needs x',
    ],
  ])('%s', (_what, [from, to], finding) => {
    expect(compareGraphql(released, changed(from, to)).join('\n').toLowerCase()).toContain(
      finding.toLowerCase(),
    );
  });
});

describe('a client of the graph can live with', () => {
  test.each<[string, [string, string]]>([
    ['no change', ['type Query', 'type Query']],
    ['a new field', ['  description: String!\n', '  description: String!\n  weight: Int\n']],
    ['a new optional argument', ['  order(id: ID!)', '  order(id: ID!, shop: ID)']],
    ['a new value of an enum', ['  CONFIRMED\n', '  CONFIRMED\n  SENT\n']],
    ['a field that cannot be null any more', ['  endCursor: String\n', '  endCursor: String!\n']],
    [
      'a scope that is no longer needed',
      ['): OrderConnection @needs(scope: "orders:read")', '): OrderConnection'],
    ],
    ['other words', ['"An order of yours."', '"One of your orders."']],
  ])('%s', (_what, [from, to]) => {
    expect(compareGraphql(released, changed(from, to))).toEqual([]);
  });
});

test('the schema is released, and nothing of it is what a client could not bear', () => {
  expect(checkGraph(readReleasedGraph(releasedFolder), released).incompatible).toEqual([]);
  expect(readReleasedGraph(releasedFolder)).toBeDefined();
});

test('a schema that has a compatible change is to be released', () => {
  const more = changed('  description: String!\n', '  description: String!\n  weight: Int\n');
  expect(checkGraph(released, more).unreleased).toEqual([expect.stringContaining('GraphQL')]);
  expect(checkGraph(undefined, released).unreleased).toHaveLength(1);
  expect(checkGraph(released, released)).toEqual({ incompatible: [], unreleased: [] });
});
