/** What the payments service does about each event. */
import {
  orderCancelled,
  orderConfirmed,
  paymentRequested,
  refundRequested,
} from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Payments } from './payments.ts';
import { queriesOn, type PaymentsSchema } from './store.ts';

export function handlers(payments: Payments): Handler<PaymentsSchema>[] {
  return [
    on(paymentRequested, (tx, data) => payments.paymentRequested(queriesOn(tx), data)),
    on(orderConfirmed, (tx, data) => payments.orderConfirmed(queriesOn(tx), data)),
    on(orderCancelled, (tx, data) => payments.orderCancelled(queriesOn(tx), data)),
    on(refundRequested, (tx, data) => payments.refundRequested(queriesOn(tx), data)),
  ];
}
