import { expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { checkOperation } from '../src/graphql/operation-limits.ts';

/** Ours leads nowhere back to where it came from, which the next field can change. */
const people = buildSchema('type Query { me: Person } type Person { name: String friend: Person }');

function ask(text: string): void {
  const document = parse(text);
  checkOperation(people, {
    document,
    operationName: undefined,
    variables: {},
    introspection: false,
  });
}

const nested = (depth: number) =>
  '{ me '.concat('{ friend '.repeat(depth - 2), '{ name ', '}'.repeat(depth));

test('8 fields deep is taken and 9 is too deep, also by way of fragments', () => {
  ask(nested(8));
  expect(() => ask(nested(9))).toThrow('more than 8 deep');
  const fragment = 'fragment f on Person { friend { friend { friend { friend { name } } } } }';
  ask(`{ me { friend { ... on Person { ...f } } } } ${fragment}`);
  expect(() => ask(`{ me { friend { friend { friend { ...f } } } } } ${fragment}`)).toThrow('deep');
});

test('fragments that double each other are counted no further than the limit', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, index) =>
      `fragment f${String(index)} on Person { ...f${String(index + 1)} ...f${String(index + 1)} }`,
  );
  const text = `{ me { ...f0 } } ${fragments.join(' ')} fragment f60 on Person { name }`;
  expect(() => ask(text)).toThrow('more than 2,000 fields');
});
