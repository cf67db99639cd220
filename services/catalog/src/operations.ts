/** What the public document says of each route, beside its schemas. */
import type { Operation } from '@waymark/http/operation.ts';
import { errors } from './errors.ts';

const product = {
  id: 'ridgeline-2p-tent',
  name: 'Ridgeline 2P Tent',
  description: 'A tent for two that stands in any wind.',
  category: 'tents',
  priceCents: 36_900,
  currency: 'EUR',
};
const price = { priceCents: 36_900, currency: 'EUR', changedAt: '2026-01-15T09:30:00.000Z' };

export const operations = {
  listProducts: {
    operationId: 'listProducts',
    summary: 'List and search products',
    description:
      'Without a `sort` by name, in a search by relevance. A cursor belongs to its `sort` and, by relevance, to its `search`: under others it is refused.',
    returns: 'A page of products.',
    errors: [errors['unknown-sort']],
    etag: '"1u2pYxWbHk9QmS4z"',
    examples: { answer: { items: [product], nextCursor: null } },
  },
  getProduct: {
    operationId: 'getProduct',
    summary: 'Read a product',
    description: 'The product with its price now; an order keeps the price of its own moment.',
    returns: 'The product.',
    etag: '"7"',
    examples: { answer: product },
  },
  changeProduct: {
    operationId: 'changeProduct',
    summary: 'Change a product',
    description:
      'Changes the fields that are given and leaves the others. The same request twice leaves the same product, so it is safe to repeat.',
    returns: 'The product as it is now.',
    etag: '"7"',
    ifMatch: 'optional',
    examples: { body: { priceCents: 36_900 }, answer: product },
  },
  listPrices: {
    operationId: 'listPrices',
    summary: 'List the prices of a product',
    description: 'Every price that the product has had, the newest first.',
    returns: 'A page of prices.',
    examples: { answer: { items: [price], nextCursor: null } },
  },
} satisfies Record<string, Operation>;
