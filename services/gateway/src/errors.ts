/** Errors that a caller of the gateway can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    when: 'You asked more often than you may; nothing was done. Retry-After says when to ask again, `violated-policies` which limit it was.',
  },
  'graphql-invalid': {
    status: 400,
    title: 'Invalid GraphQL request',
    when: 'The request is no GraphQL, or asks for what the schema does not have; the message and `locations` say what.',
  },
  'graphql-too-deep': {
    status: 400,
    title: 'Operation too deep',
    when: 'The operation nests fields more than 8 deep.',
  },
  'graphql-too-costly': {
    status: 400,
    title: 'Operation too costly',
    when: 'The answer could have more than 2,000 fields, or has more than 100 different products in order lines. Ask for smaller pages, or for less of each.',
  },
  'graphql-too-many-aliases': {
    status: 400,
    title: 'Too many aliases',
    when: 'The operation gives more than 10 fields another name.',
  },
  'graphql-batch': {
    status: 400,
    title: 'Batch of operations',
    when: 'A request carries one operation. What belongs together fits into one operation as several fields.',
  },
  'graphql-operation-unknown': {
    status: 400,
    title: 'Unknown operation',
    when: 'No persisted operation has the hash in `extensions.persistedQuery`. They are docs/graphql/operations in the source.',
  },
  'graphql-only-persisted': {
    status: 400,
    title: 'Only persisted operations',
    when: 'This installation takes persisted operations only: send the hash of one in `extensions.persistedQuery`.',
  },
  'introspection-off': {
    status: 400,
    title: 'Introspection is off',
    when: 'This installation does not describe its schema. It is docs/graphql/schema.graphql in the source.',
  },
});
