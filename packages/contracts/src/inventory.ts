/** Events of the inventory service, keyed by the order that they are about. */
import { Type } from 'typebox';
import { defineEvent } from './define-event.ts';
import { orderId, productId } from './fields.ts';

const topic = 'waymark.inventory';

/** Every line of the order is held. */
export const stockReserved = defineEvent({
  type: 'waymark.inventory.stock-reserved.v1',
  topic,
  data: Type.Object({ orderId }),
});

/** At least one line cannot be had, so none is held. */
export const stockRejected = defineEvent({
  type: 'waymark.inventory.stock-rejected.v1',
  topic,
  data: Type.Object({ orderId, productIds: Type.Array(productId) }),
});

/** The held pieces have left the stock. */
export const stockCommitted = defineEvent({
  type: 'waymark.inventory.stock-committed.v1',
  topic,
  data: Type.Object({ orderId }),
});

/** What was held, or had left, is back. */
export const stockReleased = defineEvent({
  type: 'waymark.inventory.stock-released.v1',
  topic,
  data: Type.Object({ orderId }),
});
