/** What the inventory service does about each event. */
import { productChanged } from '@waymark/contracts/catalog.ts';
import { orderCancelled, orderConfirmed, orderPlaced } from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Open } from '@waymark/messaging/inbox-effects.ts';
import type { Inventory } from './inventory.ts';
import type { Line } from './reservation.ts';
import { queriesOn, type InventorySchema } from './store.ts';

type Work = Awaited<ReturnType<Inventory['open']>>;

export const handlers: Handler<Work>[] = [
  // Added as the work is opened, for the orders beside it.
  on(productChanged, () => undefined),
  on(orderPlaced, (work, data) => work.orderPlaced(data)),
  on(orderConfirmed, (work, data) => work.orderConfirmed(data)),
  on(orderCancelled, (work, data) => work.orderCancelled(data)),
];

export function opening(inventory: Inventory): Open<InventorySchema, Work> {
  return (tx, events) => {
    const ofProducts = events.filter(({ type }) => type === productChanged.type);
    const ofOrders = events.filter(({ type }) => type !== productChanged.type);
    const orders = ofOrders.map(({ data }) => data as { orderId: string; lines?: Line[] });
    return inventory.open(queriesOn(tx), {
      productIds: ofProducts.map(({ data }) => (data as { productId: string }).productId),
      orderIds: orders.map(({ orderId }) => orderId),
      placed: orders.flatMap(({ lines = [] }) => lines),
    });
  };
}
