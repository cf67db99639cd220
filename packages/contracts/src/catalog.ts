/** Events of the catalog service, keyed by product; the topic keeps the newest of each. */
import { Type } from 'typebox';
import { defineEvent } from './define-event.ts';
import { currency, priceCents, productId } from './fields.ts';

/** The whole of what others may know of a product. `version` grows by one with each change. */
export const productChanged = defineEvent({
  type: 'waymark.catalog.product-changed.v1',
  topic: 'waymark.catalog',
  data: Type.Object({
    productId,
    name: Type.String(),
    priceCents,
    currency,
    version: Type.Integer({ minimum: 1 }),
  }),
});
