/** What the inventory service does about each event. */
import { productChanged } from '@waymark/contracts/catalog.ts';
import { orderCancelled, orderConfirmed, orderPlaced } from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/inbox.ts';
import type { Inventory } from './inventory.ts';
import { queriesOn, type InventorySchema } from './store.ts';

export function handlers(inventory: Inventory): Handler<InventorySchema>[] {
  return [
    on(productChanged, (tx, data) => inventory.productChanged(queriesOn(tx), data)),
    on(orderPlaced, (tx, data) => inventory.orderPlaced(queriesOn(tx), data)),
    on(orderConfirmed, (tx, data) => inventory.orderConfirmed(queriesOn(tx), data)),
    on(orderCancelled, (tx, data) => inventory.orderCancelled(queriesOn(tx), data)),
  ];
}
