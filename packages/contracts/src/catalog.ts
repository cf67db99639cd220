/** Events of the catalog service, keyed by product; the topic keeps the newest of each. */
import { Type } from 'typebox';
import { defineEvent } from './define-event.ts';
import { currency, priceCents, productId } from './fields.ts';

export const productChanged = defineEvent({
  type: 'waymark.catalog.product-changed.v1',
  topic: 'waymark.catalog',
  summary:
    'The whole of what others may know of a product; the version grows by one with each change.',
  data: Type.Object({
    productId,
    name: Type.String({ examples: ['Ridgeline 2P Tent'] }),
    priceCents,
    currency,
    version: Type.Integer({ minimum: 1 }),
  }),
});
