/** What the public document says of each route, beside its schemas. */
import type { Operation } from '@waymark/http/operation.ts';
import { errors } from './errors.ts';

const stock = { productId: 'ridgeline-2p-tent', onHand: 40, reserved: 3 };

export const operations = {
  getStock: {
    operationId: 'getStock',
    summary: 'Read the stock of a product',
    description:
      'Pieces in the house, and how many of them orders hold; the difference can still be ordered.',
    returns: 'The stock.',
    etag: '"40-3"',
    examples: { answer: stock },
  },
  setStock: {
    operationId: 'setStock',
    summary: 'Set the stock of a product',
    description:
      'Writes down what a count of the shelf has found. Never below what orders hold. The same request twice leaves the same stock, so it is safe to repeat.',
    returns: 'The stock as it is now.',
    errors: [errors['below-reserved']],
    etag: '"40-3"',
    ifMatch: 'optional',
    examples: { body: { onHand: 40 }, answer: stock },
  },
} satisfies Record<string, Operation>;
