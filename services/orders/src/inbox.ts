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

export function handlers(orders: Orders): Handler<OrdersSchema>[] {
  return [
    on(productChanged, (tx, data) => orders.priceChanged(queriesOn(tx), data)),
    on(reserved, (tx, data) => orders.advance(queriesOn(tx), data.orderId, stockReserved)),
    on(rejected, (tx, data) => orders.advance(queriesOn(tx), data.orderId, stockRejected)),
    on(authorised, (tx, data) => orders.advance(queriesOn(tx), data.orderId, paymentAuthorised)),
    on(declined, (tx, data) => orders.advance(queriesOn(tx), data.orderId, paymentDeclined)),
    on(captureLost, (tx, data) => orders.advance(queriesOn(tx), data.orderId, captureFailed)),
    on(refunded, (tx, data) => orders.advance(queriesOn(tx), data.orderId, paymentRefunded)),
  ];
}
