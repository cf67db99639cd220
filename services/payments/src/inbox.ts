/** What the payments service does about each event. */
import {
  orderCancelled,
  orderConfirmed,
  paymentRequested,
  refundRequested,
} from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Open } from '@waymark/messaging/inbox-effects.ts';
import { openPayments } from './payments.ts';
import { queriesOn, type PaymentsSchema } from './store.ts';

type Work = Awaited<ReturnType<typeof openPayments>>;

export const handlers: Handler<Work>[] = [
  on(paymentRequested, (work, data) => work.paymentRequested(data)),
  on(orderConfirmed, (work, data) => work.orderConfirmed(data)),
  on(orderCancelled, (work, data) => work.orderCancelled(data)),
  on(refundRequested, (work, data) => work.refundRequested(data)),
];

export const open: Open<PaymentsSchema, Work> = (tx, events) =>
  openPayments(
    queriesOn(tx),
    events.map(({ data }) => (data as { orderId: string }).orderId),
  );
