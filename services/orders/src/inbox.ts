/** What the orders service does about each event: the saga, as a list. */
import { productChanged } from '@waymark/contracts/catalog.ts';
import {
  stockRejected as rejected,
  stockReserved as reserved,
} from '@waymark/contracts/inventory.ts';
import {
  captureFailed as captureLost,
  paymentAuthorised as authorised,
  paymentDeclined as declined,
  paymentRefunded as refunded,
} from '@waymark/contracts/payments.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Open } from '@waymark/messaging/inbox-effects.ts';
import {
  captureFailed,
  paymentAuthorised,
  paymentDeclined,
  paymentRefunded,
  stockRejected,
  stockReserved,
} from './order.ts';
import type { Orders } from './orders.ts';
import { queriesOn, type OrdersSchema } from './store.ts';

type Work = Awaited<ReturnType<Orders['open']>>;

export const handlers: Handler<Work>[] = [
  on(productChanged, (work, data) => work.priceChanged(data)),
  on(reserved, (work, data) => work.advance(data.orderId, stockReserved)),
  on(rejected, (work, data) => work.advance(data.orderId, stockRejected)),
  on(authorised, (work, data) => work.advance(data.orderId, paymentAuthorised)),
  on(declined, (work, data) => work.advance(data.orderId, paymentDeclined)),
  on(captureLost, (work, data) => work.advance(data.orderId, captureFailed)),
  on(refunded, (work, data) => work.advance(data.orderId, paymentRefunded)),
];

export function opening(orders: Orders): Open<OrdersSchema, Work> {
  return (tx, events) => {
    const ofOrders = events.filter(({ type }) => type !== productChanged.type);
    return orders.open(
      queriesOn(tx),
      ofOrders.map(({ data }) => (data as { orderId: string }).orderId),
    );
  };
}
