/** What the public document says of each route, beside its schemas. */
import { MERGE_PATCH } from '@waymark/http/bodies.ts';
import type { Deprecation } from '@waymark/http/deprecation.ts';
import type { Operation } from '@waymark/http/operation.ts';
import { errors } from './errors.ts';

const texts = {
  id: 'ridgeline-2p-tent',
  name: 'Ridgeline 2P Tent',
  description: 'A tent for two that stands in any wind.',
  category: 'tents',
};
const changedAt = '2026-01-15T09:30:00.000Z';

type Operations = Record<'listProducts' | 'getProduct' | 'changeProduct' | 'listPrices', Operation>;

/** By what is the same in all versions, and of each its own shape of a price. */
function operationsOf(suffix: string, shape: { price: object; ofChange: object }): Operations {
  const product = { ...texts, ...shape.price };
  return {
    listProducts: {
      operationId: `listProducts${suffix}`,
      summary: 'List and search products',
      description:
        'Without a `sort` by name, in a search by relevance. A cursor belongs to its `sort` and, by relevance, to its `search`: under others it is refused.',
      returns: 'A page of products.',
      errors: [errors['unknown-sort']],
      etag: '"1u2pYxWbHk9QmS4z"',
      examples: { answer: { items: [product], nextCursor: null } },
    },
    getProduct: {
      operationId: `getProduct${suffix}`,
      summary: 'Read a product',
      description: 'The product with its price now; an order keeps the price of its own moment.',
      returns: 'The product.',
      etag: '"v2-7"',
      examples: { answer: product },
    },
    changeProduct: {
      operationId: `changeProduct${suffix}`,
      summary: 'Change a product',
      description:
        'Changes the fields that are given and leaves the others (JSON Merge Patch, RFC 7396).',
      returns: 'The product as it is now.',
      etag: '"v2-7"',
      consumes: MERGE_PATCH,
      ifMatch: 'required',
      examples: { body: shape.ofChange, answer: product },
    },
    listPrices: {
      operationId: `listPrices${suffix}`,
      summary: 'List the prices of a product',
      description: 'Every price that the product has had, the newest first.',
      returns: 'A page of prices.',
      examples: { answer: { items: [{ ...shape.price, changedAt }], nextCursor: null } },
    },
  };
}

/** docs/api-evolution.md says how the dates come about. */
const deprecation: Deprecation = {
  since: new Date('2026-11-01T00:00:00Z'),
  sunset: new Date('2027-11-01T00:00:00Z'),
  successor: '/v2',
};

function deprecated(operation: Operation): Operation {
  const sunset = deprecation.sunset.toISOString().slice(0, 10);
  const description = `${operation.description}\n\nUse v2, at the same address below \`/v2\`; this one goes on ${sunset} at the earliest.`;
  return { ...operation, description, deprecation };
}

const cents = { priceCents: 36_900 };
const first = operationsOf('', { price: { ...cents, currency: 'EUR' }, ofChange: cents });
const amount = { amount: '369.00' };
const second = { price: { price: { ...amount, currency: 'EUR' } }, ofChange: { price: amount } };

export const operations: Record<'v1' | 'v2', Operations> = {
  v1: {
    listProducts: deprecated(first.listProducts),
    getProduct: deprecated(first.getProduct),
    // Released before there was If-Match, and with plain JSON, so it goes on without.
    changeProduct: deprecated({
      ...first.changeProduct,
      ifMatch: 'optional',
      consumes: ['application/json', MERGE_PATCH],
    }),
    listPrices: deprecated(first.listPrices),
  },
  v2: operationsOf('V2', second),
};
