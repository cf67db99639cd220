/** What the inventory service does about each event. */
import type { EventData } from '@waymark/contracts/define-event.ts';
import { productChanged } from '@waymark/contracts/catalog.ts';
import { orderCancelled, orderConfirmed, orderPlaced } from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Prepare } from '@waymark/messaging/inbox-effects.ts';
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

export function preparation(inventory: Inventory): Prepare<InventorySchema> {
  return (tx, events) => {
    const ofOrders = events.filter(({ type }) => type !== productChanged.type);
    const placed = events.filter(({ type }) => type === orderPlaced.type);
    return inventory.prepare(queriesOn(tx), {
      orderIds: ofOrders.map(({ subject }) => subject),
      placed: placed.flatMap(({ data }) => (data as EventData<typeof orderPlaced>).lines),
    });
  };
}
