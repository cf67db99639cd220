/** Topics and rights as Kafka gets them, against the contracts that they follow from. */
import { expect, test } from '@jest/globals';
import { topics } from '@waymark/contracts/topics.ts';
import { readFile } from 'node:fs/promises';
import { principals, rights } from '../rights.ts';

const of = (principal: string) =>
  rights
    .filter((right) => right.principal === principal)
    .map(({ operation, resource, name }) => `${operation} ${resource} ${name}`)
    .sort();

test('the declared topics are those of the contracts', async () => {
  const declared = await readFile(new URL('../topics.json', import.meta.url), 'utf8');
  expect(JSON.parse(declared)).toEqual(topics);
});

test('a service may write to the topic of its own events and to no other', () => {
  const writers = rights.filter(({ operation }) => operation === 'write');
  expect(writers.map(({ principal, name }) => `${name} by ${principal}`).sort()).toEqual([
    'waymark.catalog by catalog',
    'waymark.inventory by inventory',
    'waymark.orders by orders',
    'waymark.payments by payments',
  ]);
});

test('a service may read the topics of what it receives, in its own group', () => {
  expect(of('payments')).toEqual([
    'read group payments',
    'read topic waymark.orders',
    'write topic waymark.payments',
  ]);
  expect(of('catalog')).toEqual(['write topic waymark.catalog']);
});

test('nobody but services and the tools can log in, and the tools can only look', () => {
  expect(principals).toEqual([
    'catalog',
    'orders',
    'inventory',
    'payments',
    'notifications',
    'tools',
  ]);
  expect(of('tools')).toEqual(['describe group *', 'describe topic *']);
});
