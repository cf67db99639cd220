/** Events of the inventory service, keyed by the order that they are about. */
import { Type } from 'typebox';
import { defineEvent } from './define-event.ts';
import { orderId, productId } from './fields.ts';

const topic = 'waymark.inventory';

export const stockReserved = defineEvent({
  type: 'waymark.inventory.stock-reserved.v1',
  topic,
  summary: 'Every line of the order is held.',
  data: Type.Object({ orderId }),
});

export const stockRejected = defineEvent({
  type: 'waymark.inventory.stock-rejected.v1',
  topic,
  summary: 'At least one line cannot be had, so none is held.',
  data: Type.Object({ orderId, productIds: Type.Array(productId) }),
});

export const stockCommitted = defineEvent({
  type: 'waymark.inventory.stock-committed.v1',
  topic,
  summary: 'The held pieces have left the stock.',
  data: Type.Object({ orderId }),
});

export const stockReleased = defineEvent({
  type: 'waymark.inventory.stock-released.v1',
  topic,
  summary: 'What was held, or had left, is back.',
  data: Type.Object({ orderId }),
});
